// A session's order, and when it is given up. Pure. A record that fails alone holds up those behind it: in an
// outage every session's oldest record fails so. Only one that has failed alone several times, each time
// although others had been taken since the time before, is at fault by its content: no outage looks like that.
// Where nothing of a project passes at all, its oldest records may be the reason; then those behind them show it,
// posted at the same moment: a Langfuse that comes back takes all of them.
import { FIRST_COUNT } from "./pack.ts";
import { isWholeTry, wholeTriesBefore } from "./probe.ts";

/** Failures of a record alone, among others that are taken, that cost it its place before those behind it … */
const ALONE_FAILURES = 3;
/** … and of one in a session that holds another such record already. */
const FURTHER_FAILURES = 2;
/** So many tries of a session go by its order alone: a moment that passes looks like this. */
const IN_ORDER_TRIES = 2;
/** So long nothing is taken before records that share a request may be overtaken by another one. */
const STUCK_MS = 45_000;
/** Records that share the last of the requests of one moment: about a turn. What is posted in vain is posted again. */
const BEHIND_COUNT = FIRST_COUNT;

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

/** A session of which nothing goes forward. */
export interface Stuck {
  tries: number;
  /** For how long nothing of it, nor of others, was taken, ms. */
  forMs: number;
}

/** The places of records that share a request, the end not included. */
export type Part = readonly [from: number, to: number];

/**
 * A session's records as requests of one moment, while nothing passes. The oldest ones have one each, so that what
 * passes beside them overtakes nobody but those that failed alone. Where none of it passes, more than those may be at
 * fault: every other time all of them up to some place share a request, and the record at that place is alone,
 * another one each time.
 * @param width requests that may be posted at one moment, two at least
 */
export function probeParts(
  { tries, forMs }: Stuck,
  records: number,
  width: number,
): readonly Part[] | undefined {
  // A whole try leaves no time for another one.
  if (tries < IN_ORDER_TRIES || records < 2 || isWholeTry(tries)) return undefined;
  const alone = Math.min(width, records) - 1;
  const earlier = probesBefore(tries);
  if (earlier % 2 === 1 && forMs >= STUCK_MS && records > alone) {
    const place = alone + (Math.floor(earlier / 2) % (records - alone));
    return [
      [0, place],
      [place, place + 1],
    ];
  }
  return oldestAlone(records, width);
}

/** The oldest records alone, and about a turn behind them in one request. */
export function oldestAlone(records: number, width: number): readonly Part[] {
  const alone = Math.min(width, records) - 1;
  const oldest = Array.from({ length: alone }, (_, place): Part => [place, place + 1]);
  return [...oldest, [alone, Math.min(records, alone + BEHIND_COUNT)]];
}

/** Tries before this one that were probes. */
function probesBefore(tries: number): number {
  return tries - IN_ORDER_TRIES - wholeTriesBefore(tries);
}
