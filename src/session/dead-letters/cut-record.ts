// A record to be looked at in a list: long texts are cut. Pure.
import { isSpanRecord, type SealedRecord } from "../../protocol/record.ts";

export interface CutRecord {
  record: SealedRecord;
  cut?: true;
}

/** @param maxLength of a text, in UTF-16 units */
export function cutRecord(record: SealedRecord, maxLength: number): CutRecord {
  let cut = false;
  const short = <V>(value: V): V | string => {
    if (typeof value !== "string" || value.length <= maxLength) return value;
    cut = true;
    return `${value.slice(0, maxLength).toWellFormed()}…`;
  };
  const pairs = (list: [string, string][]): [string, string][] =>
    list.map(([key, text]) => [key, short(text)]);
  const shortened = shorten(record, short, pairs);
  return cut ? { record: shortened, cut } : { record };
}

function shorten(
  record: SealedRecord,
  short: <V>(value: V) => V | string,
  pairs: (list: [string, string][]) => [string, string][],
): SealedRecord {
  if (record.kind === "score") return { ...record, body: short(record.body) };
  if (isSpanRecord(record)) return { ...record, span: short(record.span) };
  const { fields, metadata, trace } = record;
  const entries = Object.entries(fields).map(([name, value]) => [name, short(value)] as const);
  return {
    ...record,
    fields: Object.fromEntries(entries),
    metadata: pairs(metadata),
    trace: { ...trace, ...(trace.metadata && { metadata: pairs(trace.metadata) }) },
  };
}
