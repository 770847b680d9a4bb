// Servers that do not speak in actions: exports of OpenTelemetry, and batches of Langfuse's older SDKs; and the
// records that must come of them. The same for the same seed. Pure.
import { type Random, randomOf } from "../../fuzz/random.ts";
import type { PlannedRequest, PlannedSession, PlannedTurn } from "./plan.ts";
import {
  type ExpectedRecord,
  observationIdOf,
  observationKey,
  rootIdOf,
  scoreKey,
  traceIdOf,
} from "./records.ts";

export interface WritersOptions {
  seed: number;
  /** When the run begins, epoch ms. */
  now: number;
  writers: number;
  prefix: string;
}

interface Trace {
  name: string;
  /** Absent where its spans name none. */
  session: string | undefined;
  turn: number;
  /** When it begins, epoch ms. */
  at: number;
  random: Random;
}

const TURNS = 3;
const STEP_MS = 5;
const nanos = (ms: number): string => `${ms}000000`;
const iso = (ms: number): string => new Date(ms).toISOString();

/** Every second exporter names its session; the traces of the others go by themselves. */
export function exportersOf(options: WritersOptions): PlannedSession[] {
  return plannedOf(options, (trace, n) =>
    exportTurn({ ...trace, session: n % 2 === 0 ? trace.session : undefined }),
  );
}

/** Programs of an older SDK. */
export const oldersOf = (options: WritersOptions): PlannedSession[] =>
  plannedOf(options, (trace) => batchTurn(trace));

/** What goes by its trace has no order beside other traces: such a writer has one turn. */
function plannedOf(
  { seed, now, writers, prefix }: WritersOptions,
  turnOf: (trace: Trace, n: number) => { turn: PlannedTurn; ordered: boolean },
): PlannedSession[] {
  return Array.from({ length: writers }, (_, n) => {
    const random = randomOf(seed * 1_000_003 + n);
    const session = `${prefix}${seed}-${n}`;
    const turns: PlannedTurn[] = [];
    for (let turn = 0; turn < TURNS; turn += 1) {
      const name = `${session}-${turn}`;
      const made = turnOf({ name, session, turn, at: now + turn * 100, random }, n);
      turns.push(made.turn);
      if (!made.ordered) break;
    }
    return { session, client: `writer-${session}`, begins: now, startMs: 0, turns };
  });
}

function exportTurn({ name, session, turn, at, random }: Trace): {
  turn: PlannedTurn;
  ordered: boolean;
} {
  const traceId = traceIdOf(name);
  const ids = ["root", "call", "llm"].map((one) => observationIdOf(traceId, one));
  const spans = ids.map((spanId, n) => {
    const attributes = {
      "langfuse.observation.input": `${name}/${n} ${"x".repeat(random.below(400))}`,
      ...(session !== undefined && { "session.id": session }),
    };
    return {
      traceId,
      spanId,
      ...(n > 0 && { parentSpanId: ids[n - 1] }),
      name: `step ${n}`,
      kind: 1,
      startTimeUnixNano: nanos(at + n * STEP_MS),
      endTimeUnixNano: nanos(at + (n + 1) * STEP_MS),
      attributes: Object.entries(attributes).map(([key, stringValue]) => ({
        key,
        value: { stringValue },
      })),
      status: {},
    };
  });
  // As they end: the innermost first, its parents with a later export.
  const [root, ...inner] = spans;
  const requests = [inner, [root]].map((some): PlannedRequest => ({
    actions: [],
    pauseMs: random.below(40),
    post: {
      path: "/v1/traces",
      actions: some.length,
      body: { resourceSpans: [{ scopeSpans: [{ scope: { name: "langfuse-sdk" }, spans: some }] }] },
    },
  }));
  const records = spans.map((span, n): ExpectedRecord => ({
    key: observationKey(traceId, span.spanId),
    kind: "observation",
    actions: 1,
    // A page may write to the same session; the order is that of each.
    session: session === undefined ? name : `${session} spans`,
    turn,
    facts: {
      name: span.name,
      parent: span.parentSpanId,
      input: span.attributes[0]?.value.stringValue,
      session,
      start: at + n * STEP_MS,
      end: at + (n + 1) * STEP_MS,
    },
  }));
  return { turn: { traceId: name, requests, records }, ordered: session !== undefined };
}

function batchTurn({ name, session, turn, at, random }: Trace): {
  turn: PlannedTurn;
  ordered: boolean;
} {
  const trace = traceIdOf(name);
  const root = rootIdOf(trace);
  const text = `answer ${name} ${"y".repeat(random.below(400))}`;
  let events = 0;
  const event = (type: string, ms: number, body: object): object => {
    events += 1;
    return { id: `${name}-${events}`, type, timestamp: iso(at + ms), body };
  };
  const generation = { id: "llm", traceId: name };
  // In the order of the JavaScript SDK: an update may come before its create, and a trace twice.
  const all = [
    event("generation-update", 30, { ...generation, output: text, endTime: iso(at + 30) }),
    event("trace-create", 0, { id: name, name: "answer", sessionId: session, input: name }),
    event("span-create", 5, { id: "work", traceId: name, name: "work", startTime: iso(at + 5) }),
    event("generation-create", 10, {
      ...generation,
      parentObservationId: "work",
      name: "llm",
      model: "m",
      startTime: iso(at + 10),
    }),
    event("score-create", 35, { id: `${name}-liked`, traceId: name, name: "liked", value: turn }),
    event("span-update", 40, { id: "work", traceId: name, endTime: iso(at + 40) }),
    event("trace-create", 41, { id: name, output: text }),
  ];
  const half = 1 + random.below(all.length - 1);
  const requests = [all.slice(0, half), all.slice(half)].map((batch): PlannedRequest => ({
    actions: [],
    pauseMs: random.below(40),
    post: { path: "/api/public/ingestion", body: { batch }, actions: batch.length },
  }));
  const record = (id: string, facts: object): ExpectedRecord => ({
    key: observationKey(trace, id),
    kind: "observation",
    // Created, and then updated.
    actions: 2,
    session: name,
    turn: 0,
    facts: { session, traceName: "answer", ...facts },
  });
  const [work, llm] = ["work", "llm"].map((one) => observationIdOf(trace, one)) as [string, string];
  const records: ExpectedRecord[] = [
    record(root, { name: "answer", input: name, output: text }),
    record(work, { name: "work", parent: root, start: at + 5, end: at + 40 }),
    record(llm, { name: "llm", parent: work, output: text, start: at + 10, end: at + 30 }),
    {
      key: scoreKey(`${name}-liked`),
      kind: "score",
      actions: 1,
      session: name,
      turn: 0,
      facts: { name: "liked", value: turn, trace },
    },
  ];
  return { turn: { traceId: name, requests, records }, ordered: false };
}
