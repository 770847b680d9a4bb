// In which facts a record that arrived is not the one that was expected. Pure. Facts that nobody sent are the edge's
// own (notes, its ids), and of a client whose clock was corrected times are right within what that promises.
import type { ExpectedRecord, Facts } from "../plan/records.ts";

const TIMES: ReadonlySet<string> = new Set(["start", "end"]);
const SHOWN = 80;

export function differencesOf(
  { facts, toleranceMs = 0 }: ExpectedRecord,
  arrived: Facts,
): string[] {
  return Object.entries(facts)
    .filter(([name, value]) => {
      const other = arrived[name];
      if (!TIMES.has(name)) return other !== value;
      return !(Math.abs(Number(other) - Number(value)) <= toleranceMs);
    })
    .map(([name, value]) => `${name} is ${shown(arrived[name])}, not ${shown(value)}`);
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? "absent").slice(0, SHOWN);
