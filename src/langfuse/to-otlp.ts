// Observation records -> OTLP/JSON, exactly as the official SDK writes the same facts. Pure: the
// same record makes the same bytes each time, since a retry must be byte-identical.
// An attribute without a value, a null or a lone surrogate never gets onto the wire, whatever a
// record holds: Langfuse would lose other data with it.
import type { ObservationRecord } from "../protocol/record.ts";
import { ATTRIBUTE } from "./attribute-names.ts";
import type { AnyValue, ExportTraceServiceRequest, KeyValue, Span } from "../otlp/types.ts";
import { SCOPE } from "./sender.ts";

const KIND_INTERNAL = 1;
const STATUS_UNSET = 0;
const STATUS_ERROR = 2;

/** Only the name: Langfuse would take a `service.version` for each observation's version. */
const RESOURCE: KeyValue[] = [{ key: "service.name", value: { stringValue: "langfuse-edge" } }];

/** One export of these records, in the order given. */
export function toOtlp(records: readonly ObservationRecord[]): ExportTraceServiceRequest {
  return exportOf(records.map(toSpan));
}

/** The request around spans. */
export function exportOf(spans: Span[]): ExportTraceServiceRequest {
  return {
    resourceSpans: [{ resource: { attributes: RESOURCE }, scopeSpans: [{ scope: SCOPE, spans }] }],
  };
}

/** One record as a span. */
export function toSpan(record: ObservationRecord): Span {
  const { level, statusMessage } = record.fields;
  return {
    traceId: record.traceId.toWellFormed(),
    spanId: record.id,
    ...(isText(record.parentId) && { parentSpanId: record.parentId }),
    name: record.name.toWellFormed(),
    kind: KIND_INTERNAL,
    startTimeUnixNano: nanoseconds(record.startTime),
    endTimeUnixNano: nanoseconds(record.endTime),
    attributes: attributesOf(record),
    status:
      level === "ERROR"
        ? {
            code: STATUS_ERROR,
            ...(isText(statusMessage) && { message: statusMessage.toWellFormed() }),
          }
        : { code: STATUS_UNSET },
  };
}

/** Each key once: the accumulator is a map, and the later of two equal keys wins. */
class Attributes {
  readonly #values = new Map<string, AnyValue>();

  text(key: string, value: string | null | undefined): void {
    if (isText(value)) this.#values.set(key.toWellFormed(), { stringValue: value.toWellFormed() });
  }

  flag(key: string, value: boolean | null | undefined): void {
    if (typeof value === "boolean") this.#values.set(key, { boolValue: value });
  }

  texts(key: string, values: readonly string[] | null | undefined): void {
    const given = (values ?? []).filter(isText);
    if (given.length === 0) return;
    this.#values.set(key, {
      arrayValue: { values: given.map((value) => ({ stringValue: value.toWellFormed() })) },
    });
  }

  number(key: string, value: number | null | undefined): void {
    if (typeof value !== "number" || !Number.isFinite(value)) return;
    const whole = Number.isSafeInteger(value);
    this.#values.set(key, whole ? { intValue: value } : { doubleValue: value });
  }

  entries(prefix: string, pairs: readonly (readonly [string, string])[] | null | undefined): void {
    for (const [key, text] of pairs ?? []) this.text(`${prefix}.${key}`, text);
  }

  list(): KeyValue[] {
    return Array.from(this.#values, ([key, value]) => ({ key, value }));
  }
}

function attributesOf({ fields, trace, ...record }: ObservationRecord): KeyValue[] {
  const out = new Attributes();
  out.text(ATTRIBUTE.ENVIRONMENT, trace.environment);
  out.text(ATTRIBUTE.RELEASE, trace.release);
  out.text(ATTRIBUTE.TRACE_USER_ID, trace.userId);
  out.text(ATTRIBUTE.TRACE_SESSION_ID, trace.sessionId);
  out.text(ATTRIBUTE.VERSION, fields.version ?? trace.version);
  out.text(ATTRIBUTE.TRACE_NAME, trace.name);
  out.texts(ATTRIBUTE.TRACE_TAGS, trace.tags);
  out.flag(ATTRIBUTE.TRACE_PUBLIC, trace.public);
  // Where both have a key Langfuse shows the trace's value: left off, the observation's own shows.
  const own = new Map(record.metadata ?? []);
  out.entries(
    ATTRIBUTE.TRACE_METADATA,
    trace.metadata?.filter(([key, text]) => (own.get(key) ?? text) === text),
  );
  if (record.root) out.flag(ATTRIBUTE.IS_APP_ROOT, true);

  out.text(ATTRIBUTE.OBSERVATION_TYPE, record.type);
  out.text(ATTRIBUTE.OBSERVATION_LEVEL, fields.level);
  out.text(ATTRIBUTE.OBSERVATION_STATUS_MESSAGE, fields.statusMessage);
  out.text(ATTRIBUTE.OBSERVATION_INPUT, fields.input);
  out.text(ATTRIBUTE.OBSERVATION_OUTPUT, fields.output);
  out.text(ATTRIBUTE.OBSERVATION_MODEL, fields.model);
  out.text(ATTRIBUTE.OBSERVATION_USAGE_DETAILS, fields.usageDetails);
  out.text(ATTRIBUTE.OBSERVATION_COST_DETAILS, fields.costDetails);
  if (typeof fields.completionStartTime === "number") {
    const iso = new Date(fields.completionStartTime).toISOString();
    out.text(ATTRIBUTE.OBSERVATION_COMPLETION_START_TIME, JSON.stringify(iso));
  }
  out.text(ATTRIBUTE.OBSERVATION_MODEL_PARAMETERS, fields.modelParameters);
  if (record.type === "generation") {
    out.text(ATTRIBUTE.OBSERVATION_PROMPT_NAME, fields.promptName);
    out.number(ATTRIBUTE.OBSERVATION_PROMPT_VERSION, fields.promptVersion);
  }
  out.entries(ATTRIBUTE.OBSERVATION_METADATA, record.metadata);
  return out.list();
}

/** Epoch ms, with fractions down to a microsecond, as nanoseconds: no step goes through a float. */
function nanoseconds(ms: number): string {
  const whole = Math.floor(ms);
  return String(BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1000)) * 1000n);
}

const isText = (value: unknown): value is string => typeof value === "string";
