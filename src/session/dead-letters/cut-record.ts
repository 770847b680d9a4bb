// A record to be looked at in a list: long texts are cut. Pure.
import type { SealedRecord } from "../../protocol/record.ts";

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
  const shortened: SealedRecord =
    record.kind === "score"
      ? { ...record, body: short(record.body) }
      : {
          ...record,
          fields: Object.fromEntries(
            Object.entries(record.fields).map(([name, value]) => [name, short(value)]),
          ),
          metadata: pairs(record.metadata),
          trace: {
            ...record.trace,
            ...(record.trace.metadata && { metadata: pairs(record.trace.metadata) }),
          },
        };
  return cut ? { record: shortened, cut } : { record };
}
