// A short name of what was planned, clients and faults: the same for the same seed, whenever it runs. Pure.
import { createHash } from "node:crypto";
import type { PlannedSession } from "./plan.ts";

const MOMENT = /"(\d{4}-\d\d-\d\dT[\d:.]+Z)"/g;
const NANOS = /"(\d{13})\d{6}"/g;
const LENGTH = 8;

/** All that its page does, with times since it began. */
function relative({ begins, turns, ...rest }: PlannedSession): string {
  const told = { ...rest, turns: turns.map(({ traceId, requests }) => ({ traceId, requests })) };
  return JSON.stringify(told)
    .replaceAll(MOMENT, (_all, iso: string) => String(Date.parse(iso) - begins))
    .replaceAll(NANOS, (_all, ms: string) => String(Number(ms) - begins));
}

export function fingerprintOf(plan: readonly PlannedSession[], faults: readonly string[]): string {
  const hash = createHash("sha256");
  // Sessions that begin together are planned in no order of their own.
  for (const text of [...plan.map(relative).toSorted(), ...faults]) hash.update(`${text}\n`);
  return hash.digest("hex").slice(0, LENGTH);
}
