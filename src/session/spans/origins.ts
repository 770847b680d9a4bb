// Origins of spans: what the spans of one exporter share is kept once. No I/O, no clock.
import { isSpanRecord, type SealedRecord, type SpanOrigin } from "../../protocol/record.ts";
import type { SessionState } from "../state.ts";

/** Forgets the origins that nothing kept names any more. */
export function pruneOrigins(state: SessionState): void {
  if (state.origins.size === 0) return;
  const named = new Set<string>();
  for (const record of state.outbox) if (isSpanRecord(record)) named.add(record.origin);
  for (const { record } of state.deadLetters) if (isSpanRecord(record)) named.add(record.origin);
  for (const key of state.origins.keys()) if (!named.has(key)) state.origins.delete(key);
}

/** The origins of these records, by their keys; undefined where none is a span. */
export function originsOf(
  { origins }: SessionState,
  records: readonly SealedRecord[],
): Record<string, SpanOrigin> | undefined {
  if (origins.size === 0) return undefined;
  const named: Record<string, SpanOrigin> = {};
  for (const record of records) {
    const origin = isSpanRecord(record) ? origins.get(record.origin) : undefined;
    if (isSpanRecord(record) && origin !== undefined) named[record.origin] = origin;
  }
  return Object.keys(named).length > 0 ? named : undefined;
}
