// Chance out of a seed: the same seed plays the same hour. Pure.

export interface Random {
  /** From 0 up to 1. */
  next: () => number;
  /** A whole number from 0 up to `n`. */
  below: (n: number) => number;
  chance: (share: number) => boolean;
  pick: <T>(list: readonly [T, ...T[]]) => T;
  /** By weights. */
  pickWeighted: <T extends { weight: number }>(list: readonly [T, ...T[]]) => T;
  /** Around a middle, with the long tail that times of answers have. */
  around: (middle: number, spread: number) => number;
  /** So many hex digits. */
  hex: (digits: number) => string;
}

/** mulberry32: small, and even enough to play with. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return {
    next,
    below,
    chance: (share) => next() < share,
    pick: (list) => list[below(list.length)] ?? list[0],
    pickWeighted: (list) => {
      const sum = list.reduce((all, { weight }) => all + weight, 0);
      let place = next() * sum;
      for (const one of list) {
        place -= one.weight;
        if (place < 0) return one;
      }
      return list[0];
    },
    around: (middle, spread) => {
      // Box and Muller's normal distribution; 1 - next() is never 0.
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      return middle * Math.exp(normal * spread);
    },
    hex: (digits) => Array.from({ length: digits }, () => below(16).toString(16)).join(""),
  };
}
