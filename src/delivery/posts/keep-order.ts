// A session's order, and when it is given up. Pure. A record that fails alone holds up those behind it: in an
// outage every session's oldest record fails so. Only one that has failed alone several times, each time
// although others had been taken since the time before, is at fault by its content: no outage looks like that.
// Where nothing of a project passes at all, its oldest records may be the reason; then another record shows it,
// posted at the same moment as those before it: a Langfuse that comes back takes all of them.
import { isWholeTry } from "./probe.ts";

/** Failures of a record alone, among others that are taken, that cost it its place before those behind it … */
const ALONE_FAILURES = 3;
/** … and of one in a session that holds another such record already. */
const FURTHER_FAILURES = 2;
/** So many tries of a session go by its order alone: an outage of half a minute looks like this. */
const IN_ORDER_TRIES = 3;
/** So many tries stay at one place where others were taken: a hang at the first of them leaves no time to look. */
const TRIES_A_PLACE = 2;
/** More than a session comes to in a year. */
const MOST_COUNTED_TRIES = 100_000;
export interface Evidence {
  /** Earlier failures of the record alone, that count. */
  failures: number;
  /** Others were taken since the session's last try, and before this one. */
  othersTaken: boolean;
  /** Another record of the session is set aside. */
  isFurther?: boolean;
}

/** True where a record that has failed alone once more has to make way. */
export function makesWay({ failures, othersTaken, isFurther = false }: Evidence): boolean {
  return othersTaken && failures + 1 >= (isFurther ? FURTHER_FAILURES : ALONE_FAILURES);
}

/**
 * The place of a session's record that is tried out of its order, while nothing passes: another one each time,
 * since those right behind the oldest may be no better. The next one first where others were taken a moment ago.
 */
export function probePlace(tries: number, records: number, proven = false): number | undefined {
  // A whole try leaves no time for another one.
  if (tries < IN_ORDER_TRIES || records < 2 || (isWholeTry(tries) && !proven)) return undefined;
  if (proven) return 1 + (Math.floor((tries - IN_ORDER_TRIES) / TRIES_A_PLACE) % (records - 1));
  let earlier = 0;
  for (let n = IN_ORDER_TRIES; n < Math.min(tries, MOST_COUNTED_TRIES); n += 1) {
    if (!isWholeTry(n)) earlier += 1;
  }
  return 1 + (earlier % (records - 1));
}
