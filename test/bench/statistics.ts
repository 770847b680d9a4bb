// Medians with their spread, over rounds.

/** A median and the least and most that a round gave. */
export interface Spread {
  median: number;
  low: number;
  high: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), low: Math.min(...values), high: Math.max(...values) };
}

/** Of each round the ratio, and of those the median: what slows a whole round down cancels out. */
export function ratioOf<Round>(
  rounds: readonly Round[],
  above: (round: Round) => number,
  below: (round: Round) => number,
): Spread {
  return spreadOf(rounds.map((round) => above(round) / below(round)));
}
