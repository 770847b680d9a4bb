// A distribution as a DDSketch: counts in bins whose bounds grow by a constant factor, so that each quantile is
// within RELATIVE_ERROR of the true value, and two sketches add up to exactly that of all their values, in any
// order. Bins are few and in one sorted list (key, count, key, count …), since a sketch is stored and sent far more
// often than it is asked. Pure. The method: Masson, Rim, Lee, "DDSketch", VLDB 2019.
import type { Sketch } from "../../protocol/figures/cells.ts";
import { RELATIVE_ERROR } from "../../protocol/figures/dimensions.ts";

const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);
/** Smaller ones count as 0 … */
export const LEAST = 1e-6;
/** … and larger ones as this: some 2,100 bins at most. */
export const MOST = 1e12;
/** Sums are whole numbers of thousandths: floating ones would depend on the order of adding. */
const PARTS = 1000;

/** Adds a value, in place where there is a sketch. What is no finite number counts as 0. */
export function addValue(sketch: Sketch | undefined, given: number): Sketch {
  const value = bounded(given);
  const into = sketch ?? { n: 0, sum: 0, min: value, max: value, zeros: 0, bins: [] };
  into.n += 1;
  into.sum += Math.round(value * PARTS);
  into.min = Math.min(into.min, value);
  into.max = Math.max(into.max, value);
  if (value > 0) addToBin(into.bins, keyOf(value));
  else if (value < 0) addToBin((into.negative ??= []), keyOf(-value));
  else into.zeros += 1;
  return into;
}

/** Adds another sketch, in place where there is one; the other is not changed. */
export function mergeSketch(sketch: Sketch | undefined, other: Sketch): Sketch {
  if (sketch === undefined) return copyOf(other);
  sketch.n += other.n;
  sketch.sum += other.sum;
  sketch.min = Math.min(sketch.min, other.min);
  sketch.max = Math.max(sketch.max, other.max);
  sketch.zeros += other.zeros;
  sketch.bins = mergeBins(sketch.bins, other.bins);
  if (other.negative) sketch.negative = mergeBins(sketch.negative ?? [], other.negative);
  return sketch;
}

function copyOf({ bins, negative, ...rest }: Sketch): Sketch {
  return { ...rest, bins: [...bins], ...(negative && { negative: [...negative] }) };
}

/** The value of this rank among all in their order, 0 to 1; null of no values. */
export function quantile(sketch: Sketch | undefined, share: number): number | null {
  if (sketch === undefined || sketch.n === 0) return null;
  return valueAtRank(sketch, share * (sketch.n - 1));
}

/** The value of this rank, from 0 to n - 1. */
export function valueAtRank(sketch: Sketch, rank: number): number {
  let seen = 0;
  for (const [value, count] of valuesOf(sketch)) {
    seen += count;
    if (seen > rank) return Math.min(Math.max(value, sketch.min), sketch.max);
  }
  return sketch.max;
}

export function meanOf(sketch: Sketch | undefined): number | null {
  return sketch === undefined || sketch.n === 0 ? null : sumOf(sketch) / sketch.n;
}

export function sumOf({ sum }: Sketch): number {
  return sum / PARTS;
}

/** Each bin's value and count, by growing values. */
export function* valuesOf({ bins, negative = [], zeros }: Sketch): Generator<[number, number]> {
  for (let at = negative.length - 2; at >= 0; at -= 2) {
    yield [-valueOf(negative[at] ?? 0), negative[at + 1] ?? 0];
  }
  if (zeros > 0) yield [0, zeros];
  for (let at = 0; at < bins.length; at += 2) yield [valueOf(bins[at] ?? 0), bins[at + 1] ?? 0];
}

/** The bin of a value above 0: those above `GAMMA ** (key - 1)`, up to `GAMMA ** key`. */
export function keyOf(value: number): number {
  // Not -0, which is stored as 0.
  return Math.ceil(Math.log(value) / LOG_GAMMA) + 0;
}

/** The upper bound of a bin. */
export function upperBound(key: number): number {
  return GAMMA ** key;
}

/** The value that is as near as can be to all of its bin. */
function valueOf(key: number): number {
  return (2 * GAMMA ** key) / (1 + GAMMA);
}

function bounded(value: number): number {
  if (!Number.isFinite(value) || Math.abs(value) < LEAST) return 0;
  return Math.min(Math.max(value, -MOST), MOST);
}

function addToBin(bins: number[], key: number): void {
  let [low, high] = [0, bins.length / 2];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bins[middle * 2] ?? 0) < key) low = middle + 1;
    else high = middle;
  }
  if (bins[low * 2] === key) bins[low * 2 + 1] = (bins[low * 2 + 1] ?? 0) + 1;
  else bins.splice(low * 2, 0, key, 1);
}

function mergeBins(some: readonly number[], more: readonly number[]): number[] {
  const merged: number[] = [];
  let [i, j] = [0, 0];
  while (i < some.length || j < more.length) {
    const [left = Infinity, right = Infinity] = [some[i], more[j]];
    let count = 0;
    if (left <= right) {
      count += some[i + 1] ?? 0;
      i += 2;
    }
    if (right <= left) {
      count += more[j + 1] ?? 0;
      j += 2;
    }
    merged.push(Math.min(left, right), count);
  }
  return merged;
}
