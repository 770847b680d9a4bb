// The order of sessions, and the groups that share a request, while it is not known whether Langfuse or
// somebody's content is at fault. Pure. Sessions that Langfuse has taken something of come first; the others by
// chance, weighted by what waits in them and how seldom they were tried: those that fail again hold
// up nobody, and a flood of new ones keeps back no old ones.

/** Requests that hold one session each, before sessions that Langfuse knows share them … */
const KNOWN_ALONE = 2;
/** … and before other sessions, or records, do. */
const UNKNOWN_ALONE = 8;
/** More failures in a row cost a session that Langfuse knows its place before the others: one may be others' doing. */
const KNOWN_TRIES = 1;
/** More records than this do not better a session's chance. */
const MOST_COUNTED = 32;
const MOST_DOUBLINGS = 10;
/** From so many tries on the records of a session are posted one by one: it failed alone, too. */
const SINGLE_RECORDS = 2;

/** The number that may share the next request: one, and twice as many each time after enough have passed. */
export function groupSize(passedInRow: number, isKnown: boolean): number {
  const alone = isKnown ? KNOWN_ALONE : UNKNOWN_ALONE;
  return passedInRow < alone ? 1 : 2 ** Math.min(passedInRow - alone + 1, MOST_DOUBLINGS);
}

export interface Candidate {
  /** Index of its lease in the pass. */
  lease: number;
  tries: number;
  /** Records that wait in the session. */
  records: number;
  /** Langfuse has taken something of the kind from the session before. */
  taken: boolean;
}

/**
 * One failure may have been that of a request which others shared. Among the others chance decides, by what
 * waits in a session and how often it was tried: a flood of new sessions gets no larger a share than what it
 * sends, and those that fail again and again come late, but not never.
 */
function placeOf({ tries, taken, records }: Candidate, chance: number): number {
  if (taken && tries <= KNOWN_TRIES) return chance;
  return 1 - (Math.log(1 - chance) * (tries + 1)) / Math.min(records, MOST_COUNTED);
}

/** @param random gives a number from 0 (inclusive) to 1 (exclusive) for each question */
export function inOrder(all: readonly Candidate[], random: () => number): Candidate[] {
  return all
    .map((candidate) => ({ candidate, place: placeOf(candidate, random()) }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ candidate }) => candidate);
}

/** Takes the next group from the front: only sessions with as many tries share a request. */
export function takeGroup(order: Candidate[], passedInRow: number): Candidate[] {
  const [first] = order;
  if (first === undefined) return [];
  const { tries, taken } = first;
  const size = areSingle(tries) ? 1 : groupSize(passedInRow, taken && tries === 0);
  const others = order.findIndex((one) => one.tries !== tries || one.taken !== taken);
  return order.splice(0, Math.min(size, others < 0 ? order.length : others));
}

export function areSingle(tries: number): boolean {
  return tries >= SINGLE_RECORDS;
}
