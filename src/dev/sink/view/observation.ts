// A stored span, read as Langfuse reads it: one observation, with the trace-wide attributes that it
// carries itself (Langfuse copies none from its neighbours). Pure.
import type { BriefObservation, SeenObservation } from "./answers.ts";
import { isObject } from "../../../otlp/json.ts";
import { isNanos, type SentSpan } from "../../../otlp/read-export.ts";
import { OBSERVATION_TYPES } from "../../../protocol/change.ts";
import type { Json } from "../../../protocol/json/safe.ts";
import { readable } from "../inspect/finding.ts";
import { AttributeReader, METADATA, OBSERVATION, type Tell, TRACE } from "./attribute-reader.ts";
import { isIsoTime, jsonOf, numbersOf, parametersOf, readBack } from "./read-back.ts";

const APP_ROOT = "langfuse.internal.is_app_root";
const ENVIRONMENT = /^(?!langfuse)[a-z0-9_-]{1,40}$/;
const LEVELS = ["DEBUG", "DEFAULT", "WARNING", "ERROR"];

/** Epoch ms of OTLP's decimal nanoseconds; undefined where there is none. */
export const nanosToMs = (nanos: unknown): number | undefined =>
  isNanos(nanos) ? Number(BigInt(nanos) / 1000n) / 1000 : undefined;

const shown = (texts: ReadonlyMap<string, string>): Record<string, Json> =>
  Object.fromEntries([...texts].map(([key, text]) => [key, readBack(text)]));

const timeOf = (text: string): number | undefined => {
  const time = jsonOf(text);
  return isIsoTime(time) ? Date.parse(time) : undefined;
};

const textsOf = (value: Json): string[] | undefined =>
  Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined;

const versionOf = (value: Json): string | undefined =>
  typeof value === "string" || typeof value === "number" ? String(value) : undefined;

function metadataOf(reader: AttributeReader, scope: string, tell: Tell) {
  const own = reader.under(METADATA.own);
  const trace = reader.under(METADATA.trace);
  for (const [key, text] of own) {
    const over = trace.get(key);
    if (over === undefined || over === text) continue;
    const name = readable(key, 100);
    tell("shadowed_metadata", `metadata ${name}: the trace's value hides the observation's own`);
  }
  const noise = scope.startsWith("langfuse-sdk") ? new Map<string, string>() : reader.all();
  return {
    metadata: shown(new Map([...noise, ...own, ...trace])),
    traceMetadata: Object.fromEntries(trace),
  };
}

/** One observation out of one span. */
export function readObservation(sent: SentSpan, tell: Tell = () => {}): SeenObservation {
  const { span } = sent;
  const reader = new AttributeReader(span["attributes"], tell);
  const status = isObject(span["status"]) ? span["status"] : {};
  const statusMessage = typeof status["message"] === "string" ? status["message"] : "";
  const parent = span["parentSpanId"];
  const parentId = typeof parent === "string" && parent !== "" ? parent : undefined;
  const startTime = nanosToMs(span["startTimeUnixNano"]) ?? 0;
  const endTime = nanosToMs(span["endTimeUnixNano"]) ?? startTime;

  const type = reader.text(`${OBSERVATION}type`) ?? "span";
  if (!(OBSERVATION_TYPES as readonly string[]).includes(type)) {
    tell("unknown_type", `observation type ${readable(type, 60)} is unknown to Langfuse`);
  }
  const level = reader.json(
    `${OBSERVATION}level`,
    (text) => LEVELS.find((known) => known === text),
    `one of ${LEVELS.join(", ")}`,
  );
  const environment = reader.text("langfuse.environment") ?? "default";
  const isEnvironment = ENVIRONMENT.test(environment);
  if (!isEnvironment) {
    const message = `environment ${readable(environment, 60)} is not allowed: Langfuse makes it default`;
    tell("bad_environment", message);
  }
  const completionStartTime = reader.json(
    `${OBSERVATION}completion_start_time`,
    timeOf,
    "the JSON text of an ISO time",
  );
  const prompt = {
    promptName: reader.text(`${OBSERVATION}prompt.name`),
    promptVersion: reader.as(`${OBSERVATION}prompt.version`, versionOf, "a version"),
  };
  if (type !== "generation" && (prompt.promptName ?? prompt.promptVersion) !== undefined) {
    tell("unreadable_value", "a prompt on what is no generation");
    prompt.promptName = prompt.promptVersion = undefined;
  }

  const seen: SeenObservation = {
    traceId: sent.traceId,
    id: sent.spanId,
    root: reader.flag(APP_ROOT) === true || parentId === undefined,
    type,
    name: typeof span["name"] === "string" ? span["name"] : "",
    level: level ?? (Number(status["code"]) === 2 ? "ERROR" : "DEFAULT"),
    startTime,
    endTime,
    latencyMs: endTime - startTime,
    environment: isEnvironment ? environment : "default",
    tags: reader.as(`${TRACE}tags`, textsOf, "an array of strings") ?? [],
    scope: sent.scope,
    ...metadataOf(reader, sent.scope, tell),
  };
  const numbers = "the JSON text of an object of numbers";
  const optional: { [Name in keyof SeenObservation]?: SeenObservation[Name] | undefined } = {
    parentId,
    statusMessage:
      reader.text(`${OBSERVATION}status_message`) ??
      (statusMessage === "" ? undefined : statusMessage),
    completionStartTime,
    timeToFirstTokenMs:
      completionStartTime === undefined ? undefined : completionStartTime - startTime,
    input: reader.text(`${OBSERVATION}input`),
    output: reader.text(`${OBSERVATION}output`),
    model: reader.text(`${OBSERVATION}model.name`),
    modelParameters: reader.json(
      `${OBSERVATION}model.parameters`,
      parametersOf,
      "the JSON text of an object",
    ),
    usage: reader.json(`${OBSERVATION}usage_details`, numbersOf, numbers),
    cost: reader.json(`${OBSERVATION}cost_details`, numbersOf, numbers),
    ...prompt,
    version: reader.text("langfuse.version"),
    release: reader.text("langfuse.release"),
    traceName: reader.text(`${TRACE}name`),
    sessionId: reader.text("session.id"),
    userId: reader.text("user.id"),
    public: reader.flag(`${TRACE}public`),
  };
  for (const [name, value] of Object.entries(optional)) {
    if (value !== undefined) Object.assign(seen, { [name]: value });
  }
  return seen;
}

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
