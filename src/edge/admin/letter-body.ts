// A dead letter as the API shows it. Pure. Its record is what Langfuse was sent: masked as it was stored, and
// without anything that is only the edge's.
import type { WholeLetter } from "../../protocol/books/dead-letter-calls.ts";
import { HIDDEN, isWords } from "../../protocol/live/score-words.ts";
import { isSpanRecord, type SealedRecord } from "../../protocol/record.ts";
import { omitUndefined } from "../omit-undefined.ts";
import { letterId } from "./letter-id.ts";

/** @param content whether its payload may be shown: Langfuse's words, and our own, may quote what they do not take */
export function letterBody(
  object: string,
  letter: WholeLetter,
  content: boolean,
): Record<string, unknown> {
  const { ordinal, kind, reason, message, at, deaths, earlier, expiresAt } = letter;
  const { actions, size, record, cut } = letter;
  return omitUndefined({
    id: letterId({ object, ordinal }),
    object,
    kind,
    reason,
    message: content ? message : undefined,
    since: isoOf(at),
    expiresAt: isoOf(expiresAt),
    deaths,
    earlier: earlier.map((death) => ({
      at: isoOf(death.at),
      reason: death.reason,
      ...(content && { message: death.message }),
    })),
    actions,
    size,
    ...placeOf(record),
    record: content ? recordBody(record) : bareBody(record),
    cut,
    contentHidden: content ? undefined : true,
  });
}

/** Where it belongs, so that nobody has to read the record for it. */
function placeOf(record: SealedRecord): Record<string, unknown> {
  if (record.kind === "observation") {
    const { traceId, name } = record;
    return { traceId, sessionId: isSpanRecord(record) ? undefined : record.trace.sessionId, name };
  }
  const { traceId, sessionId, name } = jsonIn(record.body);
  return { traceId, sessionId, name };
}

function recordBody(record: SealedRecord): Record<string, unknown> {
  if (record.kind === "score") {
    const { id, body, timestamp } = record;
    return { id, timestamp: isoOf(timestamp), body: jsonIn(body, body) };
  }
  if (isSpanRecord(record)) {
    const { id, traceId, parentId, name, startTime, span } = record;
    const known = { id, traceId, parentId, name, startTime: isoOf(startTime) };
    return omitUndefined({ ...known, span: jsonIn(span, span) });
  }
  const { id, traceId, parentId, root, type, name, startTime, endTime } = record;
  const { fields, metadata, trace } = record;
  return omitUndefined({
    id,
    traceId,
    parentId,
    root,
    type,
    name,
    startTime: isoOf(startTime),
    endTime: isoOf(endTime),
    ...fields,
    metadata: Object.fromEntries(metadata),
    trace: { ...trace, ...(trace.metadata && { metadata: Object.fromEntries(trace.metadata) }) },
  });
}

/** Without what users and models said, and what apps wrote beside it. */
function bareBody(record: SealedRecord): Record<string, unknown> {
  if (record.kind === "score") {
    const { id, timestamp } = record;
    const { name, value, dataType } = jsonIn(record.body);
    const shown = isWords(dataType) ? HIDDEN : value;
    return {
      id,
      timestamp: isoOf(timestamp),
      body: omitUndefined({ name, value: shown, dataType }),
    };
  }
  const { id, traceId, parentId, name, startTime } = record;
  const known = { id, traceId, parentId, name, startTime: isoOf(startTime) };
  if (isSpanRecord(record)) return omitUndefined(known);
  const { root, type, endTime, fields } = record;
  const { level, model } = fields;
  return omitUndefined({ ...known, root, type, endTime: isoOf(endTime), level, model });
}

/** A text that was cut is no JSON any more, and stays text. */
function jsonIn(body: string, otherwise: unknown = {}): Record<string, unknown> {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return otherwise as Record<string, unknown>;
  }
}

/** Times that are stored may have fractions, or be beyond what a date can say. */
function isoOf(ms: number): string | number {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? ms : date.toISOString();
}
