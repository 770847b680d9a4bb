// The objects that records of a project wait in, and how many records: exact up to a bound, beyond it by a sample of
// them. An object is in the sample, or not, by its name alone, so that it is counted once however often it is reported,
// and not at all once it has nothing left. Pure.
import type { HealthReport } from "../protocol/health-calls.ts";

export interface WaitingObject {
  object: string;
  records: number;
  /** Of the report that said so last. */
  at: number;
  /** Of the report that said so first; absent where an earlier version wrote it. */
  since?: number;
}

export interface WaitingObjects {
  waiting: WaitingObject[];
  /** `waiting` has one of 2 to the power of so many of them; absent for all. */
  sampled?: number;
}

/** Most objects that are counted one by one: the state stays far below a row's 2 MB. */
export const MAX_WAITING_OBJECTS = 1000;
/** Where no more than these wait, by the sample, all are counted again: each is reported at its next retry. */
const FEW_OBJECTS = MAX_WAITING_OBJECTS / 2;
/** A waiting object is reported at each of its retries; one silent for a day is gone. */
const FORGET_AFTER_MS = 24 * 3_600_000;

export function countWaiting(
  { waiting, sampled = 0 }: WaitingObjects,
  { pending, at }: Pick<HealthReport, "pending" | "at">,
): WaitingObjects {
  // An earlier version, which knows of no sample, may have added to it.
  const fresh = waiting.filter(
    (one) => at - one.at < FORGET_AFTER_MS && isSampled(one.object, sampled),
  );
  const byObject = new Map(fresh.map((one) => [one.object, one]));
  let level = sampled;
  for (const [object, records] of pending) {
    if (records <= 0) byObject.delete(object);
    else if (isSampled(object, level)) {
      const { since = at } = byObject.get(object) ?? {};
      byObject.set(object, { object, records, at, since });
    }
    while (byObject.size > MAX_WAITING_OBJECTS) {
      level += 1;
      for (const name of byObject.keys()) if (!isSampled(name, level)) byObject.delete(name);
    }
  }
  if (byObject.size * 2 ** level <= FEW_OBJECTS) level = 0;
  return { waiting: [...byObject.values()], ...(level > 0 && { sampled: level }) };
}

/** Records that wait, of all objects. */
export function waitingRecords({ waiting, sampled = 0 }: WaitingObjects): number {
  return waiting.reduce((sum, { records }) => sum + records, 0) * 2 ** sampled;
}

function isSampled(object: string, level: number): boolean {
  return level === 0 || hash(object) % 2 ** level === 0;
}

/** FNV-1a, with its bits mixed once more: the lowest ones choose. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  return (value ^ (value >>> 16)) >>> 0;
}
