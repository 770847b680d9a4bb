import { describe, expect, it } from "vitest";
import {
  ENOUGH,
  meanEstimate,
  medianEstimate,
  shareEstimate,
} from "../../../../src/figures/read/estimates.ts";
import { addValue } from "../../../../src/figures/sketch/sketch.ts";
import type { Sketch } from "../../../../src/protocol/figures/cells.ts";

const sketchOf = (values: readonly number[]): Sketch | undefined => {
  let sketch: Sketch | undefined;
  for (const value of values) sketch = addValue(sketch, value);
  return sketch;
};

/** Numbers from 0 to 1, the same in each run. */
function* chance(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** In how many of a thousand samples the interval holds the truth. */
function coverage(
  draw: (next: () => number) => number,
  estimate: (values: number[]) => { low: number | null; high: number | null },
  truth: number,
): number {
  const numbers = chance(7);
  const next = (): number => numbers.next().value;
  let held = 0;
  for (let run = 0; run < 1000; run += 1) {
    const { low, high } = estimate(Array.from({ length: 80 }, () => draw(next)));
    if (low !== null && high !== null && low <= truth && truth <= high) held += 1;
  }
  return held / 1000;
}

describe("an interval", () => {
  it("is Wilson's for shares", () => {
    // Newcombe 1998, table I: 81 of 263, and 15 of 148.
    expect(shareEstimate(81, 263).low).toBeCloseTo(0.2553, 4);
    expect(shareEstimate(81, 263).high).toBeCloseTo(0.3662, 4);
    expect(shareEstimate(15, 148).low).toBeCloseTo(0.0624, 4);
    expect(shareEstimate(15, 148).high).toBeCloseTo(0.1605, 4);
    expect(shareEstimate(0, 100)).toMatchObject({ value: 0, low: 0 });
    expect(shareEstimate(100, 100)).toMatchObject({ value: 1, high: 1 });
  });

  it("holds the truth in about 95 of 100 cases: shares, medians and means", () => {
    const share = coverage(
      (next) => (next() < 0.7 ? 1 : 0),
      (values) => shareEstimate(values.filter(Boolean).length, values.length),
      0.7,
    );
    // Latencies: a long tail.
    const latency = (next: () => number): number =>
      Math.exp(6 + 0.5 * Math.sqrt(-2 * Math.log(next() || 1e-9)) * Math.cos(2 * Math.PI * next()));
    const median = coverage(latency, (values) => medianEstimate(sketchOf(values)), Math.exp(6));
    const mean = coverage(latency, (values) => meanEstimate(sketchOf(values)), Math.exp(6.125));
    for (const held of [share, median, mean]) expect(held).toBeGreaterThan(0.92);
    for (const held of [share, mean]) expect(held).toBeLessThan(0.98);
  });

  it("is not said of too few values", () => {
    const few = sketchOf(Array.from({ length: ENOUGH - 1 }, (_, n) => n));
    const none = { low: null, high: null, enough: false };
    expect(medianEstimate(few)).toMatchObject({ n: ENOUGH - 1, ...none });
    expect(medianEstimate(few).value).toBeCloseTo(14, 0);
    expect(meanEstimate(few, 14)).toEqual({ n: ENOUGH - 1, value: 14, ...none });
    expect(shareEstimate(3, 9)).toEqual({ n: 9, value: 1 / 3, ...none });
    for (const empty of [medianEstimate(undefined), meanEstimate(undefined), shareEstimate(0, 0)]) {
      expect(empty).toEqual({ n: 0, value: null, ...none });
    }
  });

  it("of a value that never differs has no width", () => {
    const same = sketchOf(Array.from({ length: 50 }, () => 3));
    expect(meanEstimate(same, 3)).toMatchObject({ value: 3, low: 3, high: 3, enough: true });
    expect(medianEstimate(same)).toMatchObject({ value: 3, low: 3, high: 3 });
  });
});
