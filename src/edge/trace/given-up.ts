// What a page says it gave up, by reason: a count of its own since it began. Anybody may say anything here, so
// that it is only shown, beside what the edge itself knows. Pure.
import { isObject } from "../../protocol/wire.ts";

const REASON = /^[a-z][a-z_]{0,39}$/;
const MAX_REASONS = 12;
/** A page that gave up more has something else to tell. */
const MAX_COUNT = 1_000_000;

/** Undefined where it is nothing. What can't be meant is left out. */
export function readGivenUp(dropped: unknown): Record<string, number> | undefined {
  if (!isObject(dropped)) return undefined;
  const counts = Object.entries(dropped)
    .filter(([reason, count]) => REASON.test(reason) && isCount(count))
    .slice(0, MAX_REASONS);
  return counts.length === 0 ? undefined : (Object.fromEntries(counts) as Record<string, number>);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0 && Number(value) <= MAX_COUNT;
}
