// Estimates with 95 % confidence intervals, out of counts and sketches. Pure. An interval says how far the value of
// all turns to come may lie from that of those seen; with fewer than ENOUGH values it is not worth saying.
import type { Sketch } from "../../protocol/figures/cells.ts";
import type { Estimate } from "../../protocol/figures/body/experiments.ts";
import { valueAtRank, valuesOf } from "../sketch/sketch.ts";

/** Values from which on the intervals below hold well enough for what turns measure: shares, means, medians. */
export const ENOUGH = 30;
/** Standard deviations on either side that hold 95 % of a normal distribution. */
const Z = 1.959_964;

const NOT_ENOUGH = { low: null, high: null, enough: false };

/** Wilson's score interval: also right for shares near 0 and 1. */
export function shareEstimate(successes: number, n: number): Estimate {
  if (n === 0) return { n, value: null, ...NOT_ENOUGH };
  const share = successes / n;
  if (n < ENOUGH) return { n, value: share, ...NOT_ENOUGH };
  const z2 = Z * Z;
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  // At the ends the interval reaches the share itself; rounding must not keep it from that.
  const low = successes === 0 ? 0 : Math.max(0, centre - half);
  const high = successes === n ? 1 : Math.min(1, centre + half);
  return { n, value: share, low, high, enough: true };
}

/** The median between two order statistics: right whatever the distribution. */
export function medianEstimate(sketch: Sketch | undefined): Estimate {
  const n = sketch?.n ?? 0;
  if (sketch === undefined || n === 0) return { n, value: null, ...NOT_ENOUGH };
  const value = valueAtRank(sketch, (n - 1) / 2);
  if (n < ENOUGH) return { n, value, ...NOT_ENOUGH };
  const half = (Z * Math.sqrt(n)) / 2;
  const low = valueAtRank(sketch, Math.max(0, Math.floor(n / 2 - half) - 1));
  const high = valueAtRank(sketch, Math.min(n - 1, Math.ceil(n / 2 + half)));
  return { n, value, low, high, enough: true };
}

/**
 * A mean, by the normal distribution of means. The spread is that of the sketch's bins, within its error.
 * @param mean where it is known better than by the sketch
 */
export function meanEstimate(sketch: Sketch | undefined, mean?: number, of?: number): Estimate {
  const n = of ?? sketch?.n ?? 0;
  if (n === 0 || sketch === undefined || sketch.n === 0) return { n, value: null, ...NOT_ENOUGH };
  const own = meanInBins(sketch);
  const value = mean ?? own;
  if (n < ENOUGH || sketch.n < 2) return { n, value, ...NOT_ENOUGH };
  let squares = 0;
  for (const [at, count] of valuesOf(sketch)) squares += count * (at - own) ** 2;
  const half = Z * Math.sqrt(squares / (sketch.n - 1) / n);
  return { n, value, low: value - half, high: value + half, enough: true };
}

function meanInBins(sketch: Sketch): number {
  let sum = 0;
  for (const [value, count] of valuesOf(sketch)) sum += value * count;
  return sum / sketch.n;
}
