// Which errors are told, and how often each came: an error in a loop is one observation with a count, and of very
// many different ones the rest is a number. Pure.

export interface ErrorCount {
  count: number;
  /** Epoch ms. */
  lastAt: number;
}

export interface ErrorCounts {
  /** By fingerprint; at most `most` of them. */
  told: Map<string, ErrorCount>;
  /** All that came. */
  total: number;
  /** Those of a fingerprint that found no room. */
  untold: number;
}

export const newCounts = (): ErrorCounts => ({ told: new Map(), total: 0, untold: 0 });

/** Counts an error; true where it is to be told. */
export function countError(
  counts: ErrorCounts,
  fingerprint: string,
  now: number,
  most: number,
): boolean {
  counts.total += 1;
  const before = counts.told.get(fingerprint);
  if (before) {
    before.count += 1;
    before.lastAt = Math.max(before.lastAt, now);
    return false;
  }
  if (counts.told.size >= most) {
    counts.untold += 1;
    return false;
  }
  counts.told.set(fingerprint, { count: 1, lastAt: now });
  return true;
}
