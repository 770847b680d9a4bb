// Which sessions share a request while it is not known whether Langfuse or somebody's content is at fault.
// Pure. Sessions that were never tried come first, so that those that fail again and again hold up nobody,
// and each probe is another one.

/** Requests that hold one session each, before sessions that were not tried yet share them … */
const FRESH_ALONE = 2;
/** … and of sessions or records that failed before: one of them may be guilty. */
const TRIED_ALONE = 8;
const MOST_DOUBLINGS = 10;
/** From so many tries on the records of a session are posted one by one: it failed alone, too. */
const SINGLE_RECORDS = 2;

/** How many may share the next request: one, and twice as many each time after enough have passed. */
export function groupSize(passedInRow: number, tries: number): number {
  const alone = tries === 0 ? FRESH_ALONE : TRIED_ALONE;
  return passedInRow < alone ? 1 : 2 ** Math.min(passedInRow - alone + 1, MOST_DOUBLINGS);
}

export interface Candidate {
  /** Index of its lease in the pass. */
  lease: number;
  tries: number;
}

/** @param random gives a number from 0 (inclusive) to 1 (exclusive) for each question */
export function inOrder(all: readonly Candidate[], random: () => number): Candidate[] {
  return all
    .map((candidate) => ({ candidate, chance: random() }))
    .toSorted((a, b) => a.candidate.tries - b.candidate.tries || a.chance - b.chance)
    .map(({ candidate }) => candidate);
}

/** Takes the next group from the front: only sessions with as many tries share a request. */
export function takeGroup(order: Candidate[], passedInRow: number): Candidate[] {
  const [first] = order;
  if (first === undefined) return [];
  const { tries } = first;
  const size = areSingle(tries) ? 1 : groupSize(passedInRow, tries);
  const others = order.findIndex((one) => one.tries !== tries);
  return order.splice(0, Math.min(size, others < 0 ? order.length : others));
}

export function areSingle(tries: number): boolean {
  return tries >= SINGLE_RECORDS;
}

/** A session's records, begun with another one at each try: the first of them may all be guilty. */
export function rotated<T>(records: readonly T[], tries: number): T[] {
  const from = Math.max(tries - SINGLE_RECORDS, 0) % Math.max(records.length, 1);
  return [...records.slice(from), ...records.slice(0, from)];
}
