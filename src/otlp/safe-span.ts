// A span of a trace export as Langfuse can keep it, with all that it carried; or its fault, where nobody could
// say what it is. Pure. Ids stay as they were sent.
import { EARLIEST_TIME_MS, LATEST_TIME_AHEAD_MS, MAX_ID_LENGTH } from "../protocol/limits.ts";
import { type Note, safeText } from "../protocol/json/safe.ts";
import { isObject, type JsonObject, numberOf } from "./json.ts";
import { safeAttributes } from "./safe-value.ts";
import type { KeyValue, Span, SpanEvent, SpanLink } from "./types.ts";

/** The fault of a span that can't be kept. */
export interface SpanFault {
  code: "invalid_data" | "invalid_time";
  message: string;
  /** The field at fault. */
  path: string;
}

class Fault extends Error {
  readonly fault: SpanFault;
  constructor(path: string, message: string, code: SpanFault["code"] = "invalid_data") {
    super(message);
    this.fault = { code, message: `${path}: ${message}`, path };
  }
}

export function safeSpan(raw: unknown, now: number, note: Note): Span | { fault: SpanFault } {
  try {
    if (!isObject(raw)) throw new Fault("span", "must be an object");
    return readSpan(raw, now, note);
  } catch (error) {
    if (error instanceof Fault) return { fault: error.fault };
    throw error;
  }
}

function readSpan(raw: JsonObject, now: number, note: Note): Span {
  const { startTimeUnixNano, endTimeUnixNano } = timesOf(raw, now, note);
  const parent = idIn(raw, "parentSpanId");
  const traceState = textIn(raw, "traceState", note);
  const links = listIn(raw, "links").flatMap((link) => linkOf(link, note));
  const events = listIn(raw, "events").flatMap((event) =>
    eventOf(event, startTimeUnixNano, now, note),
  );
  return {
    traceId: requiredId(raw, "traceId"),
    spanId: requiredId(raw, "spanId"),
    ...(traceState !== "" && { traceState }),
    ...(parent !== undefined && { parentSpanId: parent }),
    ...countIn(raw, "flags"),
    name: textIn(raw, "name", note),
    kind: enumIn(raw["kind"], KINDS),
    startTimeUnixNano,
    endTimeUnixNano,
    attributes: safeAttributes(listIn(raw, "attributes"), "attribute", note),
    ...countIn(raw, "droppedAttributesCount"),
    ...(events.length > 0 && { events }),
    ...countIn(raw, "droppedEventsCount"),
    ...(links.length > 0 && { links }),
    ...countIn(raw, "droppedLinksCount"),
    status: statusOf(raw["status"], note),
  };
}

function requiredId(raw: JsonObject, name: "traceId" | "spanId"): string {
  const id = idIn(raw, name);
  if (id === undefined) throw new Fault(name, "is missing, or all zeros");
  return id;
}

/** Undefined where there is none: OpenTelemetry writes that as zeros, or as empty text. */
function idIn(raw: JsonObject, name: string): string | undefined {
  const value = raw[name];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "string") throw new Fault(name, "must be text");
  if (value.length > MAX_ID_LENGTH) {
    throw new Fault(name, `must be at most ${MAX_ID_LENGTH} characters`);
  }
  if (/^0+$/.test(value)) return undefined;
  const id = safeText(value, name, () => {});
  return id === "" ? undefined : id;
}

function textIn(raw: JsonObject, name: string, note: Note): string {
  const value = raw[name];
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") throw new Fault(name, "must be text");
  return safeText(value, name, note);
}

function listIn(raw: JsonObject, name: string): readonly unknown[] {
  const value = raw[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Fault(name, "must be a list");
  return value as unknown[];
}

/** Nothing for zero, which is OTLP's way to say nothing. */
function countIn<Name extends string>(raw: JsonObject, name: Name): { [N in Name]?: number } {
  const value = numberOf(raw[name]);
  const isCount = Number.isInteger(value) && value > 0 && value < 2 ** 32;
  return (isCount ? { [name]: value } : {}) as { [N in Name]?: number };
}

const KINDS = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"].map(
  (name) => `SPAN_KIND_${name}`,
);
const CODES = ["UNSET", "OK", "ERROR"].map((name) => `STATUS_CODE_${name}`);

/** A number, or its name, as protobuf's own JSON has it. */
function enumIn(value: unknown, names: readonly string[]): number {
  if (typeof value === "string" && names.includes(value)) return names.indexOf(value);
  const number = numberOf(value);
  return Number.isInteger(number) && number >= 0 && number < 2 ** 31 ? number : 0;
}

function statusOf(raw: unknown, note: Note): Span["status"] {
  if (!isObject(raw)) return { code: 0 };
  const message = textIn(raw, "message", note);
  return { code: enumIn(raw["code"], CODES), ...(message !== "" && { message }) };
}

function eventOf(raw: unknown, start: string, now: number, note: Note): SpanEvent[] {
  if (!isObject(raw)) {
    note("event: no object, left out");
    return [];
  }
  const given = timeIn(raw, "timeUnixNano", now);
  if (given === undefined) note("event: not a believable time, set to the span's start");
  return [
    {
      timeUnixNano: given ?? start,
      name: textIn(raw, "name", note),
      ...attributesIn(raw, "event", note),
      ...countIn(raw, "droppedAttributesCount"),
    },
  ];
}

function linkOf(raw: unknown, note: Note): SpanLink[] {
  const [traceId, spanId] = isObject(raw) ? [idIn(raw, "traceId"), idIn(raw, "spanId")] : [];
  if (!isObject(raw) || traceId === undefined || spanId === undefined) {
    note("link: without ids, left out");
    return [];
  }
  const traceState = textIn(raw, "traceState", note);
  return [
    {
      traceId,
      spanId,
      ...(traceState !== "" && { traceState }),
      ...attributesIn(raw, "link", note),
      ...countIn(raw, "droppedAttributesCount"),
      ...countIn(raw, "flags"),
    },
  ];
}

function attributesIn(raw: JsonObject, where: string, note: Note): { attributes?: KeyValue[] } {
  const attributes = safeAttributes(listIn(raw, "attributes"), where, note);
  return attributes.length > 0 ? { attributes } : {};
}

/** Langfuse keeps a time that can't be meant: 1970, or an end before its start. */
function timesOf(
  raw: JsonObject,
  now: number,
  note: Note,
): Pick<Span, "startTimeUnixNano" | "endTimeUnixNano"> {
  const given = timeIn(raw, "startTimeUnixNano", now);
  const end = timeIn(raw, "endTimeUnixNano", now);
  if (given === undefined) note("startTimeUnixNano: not a believable time, filled in");
  const start = given ?? end ?? String(BigInt(Math.floor(now)) * NANOS_PER_MS);
  if (end === undefined) note("endTimeUnixNano: not a believable time, set to the start");
  else if (BigInt(end) < BigInt(start)) note("endTimeUnixNano: before the start, set to it");
  const isAfter = end !== undefined && BigInt(end) >= BigInt(start);
  return { startTimeUnixNano: start, endTimeUnixNano: isAfter ? end : start };
}

const NANOS_PER_MS = 1_000_000n;

/** Decimal text; undefined for a time that can't be meant. Throws for what is no time at all. */
function timeIn(raw: JsonObject, name: string, now: number): string | undefined {
  const value = raw[name];
  if (value === undefined || value === null || value === "") return undefined;
  const isWhole = typeof value === "number" && Number.isInteger(value) && value >= 0;
  const text = isWhole ? String(BigInt(value)) : value;
  if (typeof text !== "string" || !/^\d{1,20}$/.test(text)) {
    throw new Fault(name, "must be nanoseconds since 1970, as decimal text", "invalid_time");
  }
  const ms = nanosToMs(text);
  const isBelievable = ms >= EARLIEST_TIME_MS && ms <= now + LATEST_TIME_AHEAD_MS;
  return isBelievable ? String(BigInt(text)) : undefined;
}

/** Epoch ms of a time as spans have it. */
export function nanosToMs(nanos: string): number {
  return Number(BigInt(nanos) / 1000n) / 1000;
}
