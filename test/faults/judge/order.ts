// Whether the records of a session arrived in the order of its turns, each kind for itself, since one that hangs does
// not hold up the other. Pure. Records of one request arrive together, so their order in it is none. A record that is
// guilty, was refused or failed alone keeps nothing back, by design. Of copies the first counts: a later one is a
// duplicate, which is judged as that.
import type { Copy, ExpectedRecord } from "../plan/records.ts";

/** The records that arrived in a later request than one of a later turn, in words. */
export function orderFaults(
  expected: readonly ExpectedRecord[],
  copies: readonly Copy[],
  mayBePassed: ReadonlySet<string>,
): string[] {
  const byKey = new Map(expected.map((record) => [record.key, record]));
  const lines = new Map<string, { at: number; turn: number; before: number }>();
  const seen = new Set<string>();
  const faults: string[] = [];
  for (const { key, at } of copies) {
    const record = byKey.get(key);
    if (record === undefined || record.guilty || mayBePassed.has(key) || seen.has(key)) continue;
    seen.add(key);
    const { session, kind, turn, facts } = record;
    const name = `${kind}/${session}`;
    const line = lines.get(name) ?? { at, turn: 0, before: 0 };
    if (at > line.at) Object.assign(line, { at, before: line.turn });
    const { before } = line;
    if (turn < before)
      faults.push(`${session}/${turn} ${String(facts["name"])} after turn ${before}`);
    lines.set(name, { ...line, turn: Math.max(line.turn, turn) });
  }
  return faults;
}
