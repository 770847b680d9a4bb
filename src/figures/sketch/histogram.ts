// A sketch as bars of equal width on a logarithmic scale, and its counts below fixed bounds. Pure.
import type { Sketch } from "../../protocol/figures/cells.ts";
import type { Bar } from "../../protocol/figures/body/distribution.ts";
import { upperBound, valuesOf } from "./sketch.ts";

export const MAX_BARS = 40;

/** Adjacent bars over all values that are not below 0. */
export function histogramOf(sketch: Sketch | undefined): Bar[] {
  if (sketch === undefined) return [];
  const { bins, zeros } = sketch;
  const bars: Bar[] = [];
  const [first, last] = [bins[0], bins.at(-2)];
  if (first !== undefined && last !== undefined) {
    const width = Math.ceil((last - first + 1) / MAX_BARS);
    for (let key = first; key <= last; key += width) {
      bars.push({ from: upperBound(key - 1), to: upperBound(key + width - 1), count: 0 });
    }
    for (let at = 0; at < bins.length; at += 2) {
      const bar = bars[Math.floor(((bins[at] ?? 0) - first) / width)];
      if (bar !== undefined) bar.count += bins[at + 1] ?? 0;
    }
  }
  if (zeros > 0) bars.unshift({ from: 0, to: bars[0]?.from ?? 0, count: zeros });
  return bars;
}

/** How many values are at most each of these, as near as the sketch knows. */
export function cumulative(sketch: Sketch | undefined, bounds: readonly number[]): number[] {
  const counts = bounds.map(() => 0);
  if (sketch === undefined) return counts;
  for (const [value, count] of valuesOf(sketch)) {
    for (const [index, bound] of bounds.entries()) {
      if (value <= bound) counts[index] = (counts[index] ?? 0) + count;
    }
  }
  return counts;
}
