// Whether the records of a session arrived in the order of its turns, each kind for itself. Pure. A guilty
// record may come late or never: it keeps nothing back.
import type { Copy, ExpectedRecord } from "./records.ts";

/** The records that arrived after one of a later turn, in words. */
export function orderFaults(
  expected: readonly ExpectedRecord[],
  copies: readonly Copy[],
): string[] {
  const byKey = new Map(expected.map((record) => [record.key, record]));
  const latest = new Map<string, number>();
  const seen = new Set<string>();
  const faults: string[] = [];
  for (const { key } of copies) {
    const record = byKey.get(key);
    if (record === undefined || record.guilty || seen.has(key)) continue;
    seen.add(key);
    const { session, kind, turn, facts } = record;
    const line = `${kind}/${session}`;
    const last = latest.get(line) ?? 0;
    if (turn < last) faults.push(`${session}/${turn} ${String(facts["name"])} after turn ${last}`);
    latest.set(line, Math.max(last, turn));
  }
  return faults;
}
