// A stored span, read as Langfuse reads it: one observation, with the trace-wide attributes that it
// carries itself (Langfuse copies none from its neighbours). Pure.
import { OBSERVATION_TYPES } from "../../protocol/change.ts";
import { readable } from "./inspect/finding.ts";
import { parseTime } from "../../protocol/time.ts";
import { attributesOf } from "../../otlp/attributes.ts";
import type { SentSpan } from "../../otlp/read-export.ts";
import { isObject } from "../../otlp/json.ts";

export interface SeenObservation {
  traceId: string;
  id: string;
  parentId?: string;
  /** No parent, or marked as an application's root. */
  root: boolean;
  type: string;
  name: string;
  level: string;
  statusMessage?: string;
  /** Epoch ms, with fractions. */
  startTime: number;
  endTime: number;
  latencyMs: number;
  completionStartTime?: number;
  timeToFirstTokenMs?: number;
  input?: string;
  output?: string;
  metadata: Record<string, string>;
  model?: string;
  modelParameters?: string;
  usage?: Record<string, number>;
  cost?: Record<string, number>;
  promptName?: string;
  promptVersion?: string;
  version?: string;
  release?: string;
  environment: string;
  traceName?: string;
  sessionId?: string;
  userId?: string;
  tags: string[];
  public?: boolean;
  traceMetadata: Record<string, string>;
  scope: string;
}

const OBSERVATION = "langfuse.observation.";
const TRACE = "langfuse.trace.";
const ENVIRONMENT = /^(?!langfuse)[a-z0-9_-]{1,40}$/;

/** What of a span could not be read; the sink says so, Langfuse does not. */
export type Unreadable = (attribute: string, problem: string) => void;

/** Epoch ms of OTLP's decimal nanoseconds; undefined where there is none. */
export function nanosToMs(nanos: unknown): number | undefined {
  const text = typeof nanos === "number" ? nanos.toFixed(0) : nanos;
  if (typeof text !== "string" || !/^\d{1,20}$/.test(text)) return undefined;
  return Number(BigInt(text) / 1000n) / 1000;
}

export const isEnvironment = (text: string): boolean => ENVIRONMENT.test(text);

export const isKnownType = (type: string): boolean =>
  (OBSERVATION_TYPES as readonly string[]).includes(type);

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function numbersOf(text: string): Record<string, number> | undefined {
  const value = jsonOf(text);
  if (!isObject(value)) return undefined;
  const numbers = Object.entries(value).filter(
    (entry): entry is [string, number] => typeof entry[1] === "number",
  );
  return numbers.length === Object.keys(value).length ? Object.fromEntries(numbers) : undefined;
}

/** Both the JSON text that the SDKs send and a bare time are understood. */
function timeOf(text: string): number | undefined {
  return parseTime(jsonOf(text)) ?? parseTime(text);
}

/** One observation out of one span. */
export function readObservation(
  sent: SentSpan,
  unreadable: Unreadable = () => {},
): SeenObservation {
  const { span } = sent;
  const attributes = attributesOf(span["attributes"]);
  const text = (key: string): string | undefined => {
    const value = attributes.get(key);
    if (value === undefined || value === null) return undefined;
    return typeof value === "string" ? value : JSON.stringify(value);
  };
  const under = (prefix: string): Record<string, string> =>
    Object.fromEntries(
      [...attributes.keys()]
        .filter((key) => key.startsWith(prefix))
        .map((key) => [key.slice(prefix.length), text(key) ?? ""]),
    );
  const read = <T>(key: string, reader: (text: string) => T | undefined, problem: string) => {
    const given = text(key);
    if (given === undefined) return undefined;
    const value = reader(given);
    if (value === undefined) unreadable(key, problem);
    return value;
  };

  const status = isObject(span["status"]) ? span["status"] : {};
  const parent = span["parentSpanId"];
  const parentId = typeof parent === "string" && parent !== "" ? parent : undefined;
  const startTime = nanosToMs(span["startTimeUnixNano"]) ?? 0;
  const endTime = nanosToMs(span["endTimeUnixNano"]) ?? startTime;
  const completionStartTime = read(`${OBSERVATION}completion_start_time`, timeOf, "no time");
  const environment = text("langfuse.environment") ?? "default";
  const tags = attributes.get(`${TRACE}tags`);
  const isPublic = attributes.get(`${TRACE}public`);

  const seen: SeenObservation = {
    traceId: sent.traceId,
    id: sent.spanId,
    root: parentId === undefined || text("langfuse.internal.is_app_root") === "true",
    type: text(`${OBSERVATION}type`) ?? "span",
    name: typeof span["name"] === "string" ? span["name"] : "",
    level: text(`${OBSERVATION}level`) ?? (Number(status["code"]) === 2 ? "ERROR" : "DEFAULT"),
    startTime,
    endTime,
    latencyMs: endTime - startTime,
    metadata: under(`${OBSERVATION}metadata.`),
    environment: isEnvironment(environment) ? environment : "default",
    tags: Array.isArray(tags) ? tags.map(String) : [],
    traceMetadata: under(`${TRACE}metadata.`),
    scope: sent.scope,
  };
  const numbers = "no JSON object of numbers";
  const optional: { [Name in keyof SeenObservation]?: SeenObservation[Name] | undefined } = {
    parentId,
    statusMessage:
      text(`${OBSERVATION}status_message`) ??
      (typeof status["message"] === "string" && status["message"] !== ""
        ? status["message"]
        : undefined),
    completionStartTime,
    timeToFirstTokenMs:
      completionStartTime === undefined ? undefined : completionStartTime - startTime,
    input: text(`${OBSERVATION}input`),
    output: text(`${OBSERVATION}output`),
    model: text(`${OBSERVATION}model.name`),
    modelParameters: text(`${OBSERVATION}model.parameters`),
    usage: read(`${OBSERVATION}usage_details`, numbersOf, numbers),
    cost: read(`${OBSERVATION}cost_details`, numbersOf, numbers),
    promptName: text(`${OBSERVATION}prompt.name`),
    promptVersion: text(`${OBSERVATION}prompt.version`),
    version: text("langfuse.version"),
    release: text("langfuse.release"),
    traceName: text(`${TRACE}name`),
    sessionId: text("session.id") ?? text("langfuse.session.id"),
    userId: text("user.id") ?? text("langfuse.user.id"),
    public: typeof isPublic === "boolean" ? isPublic : undefined,
  };
  for (const [name, value] of Object.entries(optional)) {
    if (value !== undefined) Object.assign(seen, { [name]: value });
  }
  return seen;
}

/** An observation without its large texts: what lists and trees need, small enough to keep beside it. */
export type BriefObservation = Omit<
  SeenObservation,
  "input" | "output" | "metadata" | "traceMetadata" | "modelParameters"
>;

/** Its texts are cut to what a list can show. */
export function briefly(observation: SeenObservation): BriefObservation {
  const {
    input: _input,
    output: _output,
    metadata: _metadata,
    traceMetadata: _traceMetadata,
    modelParameters: _modelParameters,
    ...brief
  } = observation;
  return {
    ...brief,
    name: readable(brief.name, 300),
    ...(brief.statusMessage !== undefined && { statusMessage: readable(brief.statusMessage) }),
    tags: brief.tags.slice(0, 100).map((tag) => readable(tag, 200)),
  };
}
