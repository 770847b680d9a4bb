// What an edge tells a watcher, as far as this page knows it. An open page outlives a deploy, and a deploy may go back:
// a field that is not what it should be is taken for absent, and what can't be without it is left out. Pure.
import type { LiveMessage, LiveObservation, LiveScore, LiveTurn } from "../../protocol/live.ts";

export interface ReadMessage {
  /** Acknowledged in any case. */
  n: number;
  /** Absent where this page does not know such messages. */
  message?: LiveMessage;
}

interface Types {
  string: string;
  number: number;
  boolean: boolean;
}
type Kind = keyof Types;
type Fields = Readonly<Record<string, unknown>>;

/** Of a turn, an observation and a score: what may be absent, by its type. */
const OF_TURN = {
  string: [
    "rawTraceId",
    "name",
    "sessionId",
    "userId",
    "environment",
    "release",
    "version",
    "source",
    "outcome",
  ],
  number: ["endTime", "more"],
  boolean: ["partial", "failed", "idle", "sampledOut"],
} as const;
const OF_OBSERVATION = {
  string: ["parentId", "level", "model", "outcome", "input", "output", "statusMessage"],
  number: ["endTime", "firstTokenTime", "chunks", "chunksPerSecond", "tokens", "cost"],
  boolean: ["root", "abandoned", "late"],
} as const;

/** Undefined for what is no message at all. `now`: the reader's clock, where the edge does not say its own. */
export function readMessage(text: string, now: number): ReadMessage | undefined {
  const told = fieldsIn(jsonIn(text));
  const { n, type } = told;
  if (!isOf("number", n)) return undefined;
  const at = { n, now: numberOr(told["now"], now) };
  if (type === "skipped") {
    return { n, message: { type, ...at, changes: numberOr(told["changes"], 0) } };
  }
  if (type !== "turns" && type !== "hello") return { n };
  const turns = listIn(told["turns"]).flatMap(turnIn);
  if (type === "turns") return { n, message: { type, ...at, turns } };
  const { project, content, until } = told;
  const hello = {
    project: typeof project === "string" ? project : "",
    content: content === true,
    until: numberOr(until, 0),
  };
  return { n, message: { type, ...at, v: 1, ...hello, turns } };
}

function turnIn(value: unknown): LiveTurn[] {
  const told = fieldsIn(value);
  const { traceId, startTime, state } = told;
  if (!isOf("string", traceId) || !isOf("number", startTime)) return [];
  const tags = listIn(told["tags"]).filter((one) => typeof one === "string");
  const variants = valuesIn(told["variants"], "string");
  const latencies = valuesIn(told["latencies"], "number");
  return [
    {
      traceId,
      startTime,
      state: state === "ended" ? "ended" : "open",
      ...known(told, OF_TURN),
      ...(tags.length > 0 && { tags }),
      ...(variants && { variants: variants as Record<string, string> }),
      ...(latencies && { latencies: latencies as Record<string, number> }),
      ...(Array.isArray(told["scores"]) && { scores: told["scores"].flatMap(scoreIn) }),
      observations: listIn(told["observations"]).flatMap(observationIn),
    },
  ];
}

function observationIn(value: unknown): LiveObservation[] {
  const told = fieldsIn(value);
  const { id, type, name, startTime } = told;
  if (!isOf("string", id) || !isOf("number", startTime)) return [];
  return [
    {
      id,
      // A type that this page does not know is shown by its word.
      type: (typeof type === "string" ? type : "span") as LiveObservation["type"],
      name: typeof name === "string" ? name : "",
      startTime,
      ...known(told, OF_OBSERVATION),
    },
  ];
}

function scoreIn(told: unknown): LiveScore[] {
  const { id, name, value } = fieldsIn(told);
  if (typeof id !== "string" || typeof name !== "string") return [];
  return isOf("string", value) || isOf("number", value) ? [{ id, name, value }] : [];
}

function known(told: Fields, names: Readonly<Record<Kind, readonly string[]>>): object {
  const found = (["string", "number", "boolean"] as const).flatMap((kind) =>
    names[kind].flatMap((name) => (isOf(kind, told[name]) ? [[name, told[name]]] : [])),
  );
  return Object.fromEntries(found) as object;
}

/** Those of the kind; undefined where there is none. */
function valuesIn(told: unknown, kind: Kind): Record<string, unknown> | undefined {
  const values = Object.entries(fieldsIn(told)).filter(([, value]) => isOf(kind, value));
  return values.length === 0 ? undefined : Object.fromEntries(values);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const fieldsIn = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? { ...value } : {};

const listIn = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const numberOr = (value: unknown, otherwise: number): number =>
  isOf("number", value) ? value : otherwise;

/** JSON has numbers that are too large for one. */
function isOf<K extends Kind>(kind: K, value: unknown): value is Types[K] {
  return typeof value === kind && (typeof value !== "number" || Number.isFinite(value));
}
