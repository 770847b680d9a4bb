// The facts of a span as an OpenTelemetry client finished it, by the attributes of Langfuse's own SDKs first, then
// by those of the GenAI conventions, of OpenInference and of the AI SDK. Pure.
import { attributesOf } from "../../otlp/attributes.ts";
import { isObject } from "../../otlp/json.ts";
import { nanosToMs } from "../../otlp/safe-span.ts";
import type { SpanEvent } from "../../otlp/types.ts";
import { LEVELS, type Level } from "../../protocol/change.ts";
import type { Json } from "../../protocol/json/safe.ts";
import type { SpanOrigin, SpanRecord } from "../../protocol/record.ts";
import { numbersIn, parsedJson } from "./numbers-in.ts";
import type { ObservationFacts } from "./observation-facts.ts";
import { omitUndefined } from "./omit-undefined.ts";

type Attributes = ReadonlyMap<string, Json>;

const OWN_METADATA = "langfuse.observation.metadata.";
const TRACE_METADATA = "langfuse.trace.metadata.";
const STATUS_ERROR = 2;
/** Operations of the GenAI conventions that call a model. */
const GENERATIONS = new Set(["chat", "text_completion", "generate_content"]);

/** Undefined where the text is no span: nothing is known of it then. */
export function spanFacts(record: SpanRecord, origin?: SpanOrigin): ObservationFacts | undefined {
  const span = parsedJson(record.span);
  if (!isObject(span)) return undefined;
  const own = attributesOf(span["attributes"]);
  const shared = resourceOf(origin);
  const text = (...names: string[]): string | undefined => firstText(own, names);
  const wide = (...names: string[]): string | undefined =>
    firstText(own, names) ?? firstText(shared, names);
  const status = isObject(span["status"]) ? span["status"] : {};
  const exception = exceptionOf(span["events"]);
  const failed = Number(status["code"]) === STATUS_ERROR;
  const startTime = msOf(span["startTimeUnixNano"]) ?? record.startTime;
  const traceMetadata = withPrefix(own, TRACE_METADATA);
  return {
    traceId: record.traceId,
    root: record.parentId === undefined || own.get("langfuse.internal.is_app_root") === true,
    type: typeOf(own),
    name: record.name,
    startTime,
    endTime: Math.max(startTime, msOf(span["endTimeUnixNano"]) ?? startTime),
    metadata: (key) =>
      asText(own.get(OWN_METADATA + key)) ?? traceMetadata.get(key) ?? asText(shared.get(key)),
    trace: {
      metadata: traceMetadata,
      ...omitUndefined({
        name: text("langfuse.trace.name"),
        session: text("langfuse.session.id", "session.id"),
        user: text("langfuse.user.id", "user.id"),
        release: wide("langfuse.release"),
        environment: wide(
          "langfuse.environment",
          "deployment.environment.name",
          "deployment.environment",
        ),
      }),
    },
    ...omitUndefined({
      level: levelOf(own) ?? (failed ? ("ERROR" as const) : undefined),
      statusMessage: text("langfuse.observation.status_message") ?? asText(status["message"]),
      model: text(
        "langfuse.observation.model.name",
        "gen_ai.response.model",
        "gen_ai.request.model",
        "llm.model_name",
      ),
      usage: usageOf(own),
      costs: numbersIn(own.get("langfuse.observation.cost_details")),
      completionStart: completionStartOf(own, startTime),
      exception,
    }),
  };
}

function typeOf(own: Attributes): string {
  const told = asText(own.get("langfuse.observation.type"));
  if (told !== undefined) return told;
  const operation = asText(own.get("gen_ai.operation.name")) ?? "";
  const kind = asText(own.get("openinference.span.kind"))?.toLowerCase();
  if (operation === "execute_tool" || kind === "tool" || own.has("ai.toolCall.name")) return "tool";
  if (operation === "embeddings" || kind === "embedding") return "embedding";
  const calls = GENERATIONS.has(operation) || kind === "llm";
  return calls || own.has("gen_ai.request.model") ? "generation" : "span";
}

function levelOf(own: Attributes): Level | undefined {
  const told = own.get("langfuse.observation.level");
  return LEVELS.find((level) => level === told);
}

/** Names of token counts, by the kind that they are in Langfuse. */
const COUNTS: Readonly<Record<string, readonly string[]>> = {
  input: ["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt"],
  output: [
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
    "llm.token_count.completion",
  ],
  total: ["gen_ai.usage.total_tokens", "llm.token_count.total"],
};

function usageOf(own: Attributes): Record<string, number> | undefined {
  const told = numbersIn(own.get("langfuse.observation.usage_details"));
  if (told !== undefined) return told;
  const counts = Object.entries(COUNTS).flatMap(([kind, names]): [string, number][] => {
    const count = names.map((name) => Number(own.get(name) ?? Number.NaN)).find(Number.isFinite);
    return count === undefined ? [] : [[kind, count]];
  });
  return counts.length === 0 ? undefined : Object.fromEntries(counts);
}

function completionStartOf(own: Attributes, startTime: number): number | undefined {
  const told = own.get("langfuse.observation.completion_start_time");
  // JSON text of an ISO time; some writers leave the quotes off.
  const iso = asText(parsedJson(told)) ?? asText(told);
  const at = iso === undefined ? Number.NaN : Date.parse(iso);
  if (Number.isFinite(at)) return at;
  const after = own.get("ai.response.msToFirstChunk");
  return typeof after === "number" && after >= 0 ? startTime + after : undefined;
}

function exceptionOf(events: unknown): ObservationFacts["exception"] {
  const list = Array.isArray(events) ? (events as SpanEvent[]) : [];
  const event = list.findLast((one) => isObject(one) && one.name === "exception");
  if (event === undefined) return undefined;
  const told = attributesOf(event.attributes);
  return omitUndefined({
    type: asText(told.get("exception.type")),
    message: asText(told.get("exception.message")),
    stack: asText(told.get("exception.stacktrace")),
  });
}

function resourceOf(origin: SpanOrigin | undefined): Attributes {
  const parsed = parsedJson(origin?.resource);
  const resource = isObject(parsed) ? parsed["resource"] : undefined;
  return attributesOf(isObject(resource) ? resource["attributes"] : undefined);
}

function withPrefix(own: Attributes, prefix: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of own) {
    if (!key.startsWith(prefix)) continue;
    found.set(key.slice(prefix.length), typeof value === "string" ? value : JSON.stringify(value));
  }
  return found;
}

function firstText(own: Attributes, names: readonly string[]): string | undefined {
  return names.map((name) => asText(own.get(name))).find((text) => text !== undefined);
}

function asText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function msOf(nanos: unknown): number | undefined {
  if (typeof nanos !== "string" || !/^\d+$/.test(nanos)) return undefined;
  return nanosToMs(nanos);
}
