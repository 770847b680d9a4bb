import { DDSketch } from "@datadog/sketches-js";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Sketch } from "../../../../src/protocol/figures/cells.ts";
import { RELATIVE_ERROR } from "../../../../src/protocol/figures/dimensions.ts";
import { cumulative, histogramOf, MAX_BARS } from "../../../../src/figures/sketch/histogram.ts";
import {
  addValue,
  LEAST,
  meanOf,
  mergeSketch,
  MOST,
  quantile,
} from "../../../../src/figures/sketch/sketch.ts";

const sketchOf = (values: readonly number[]): Sketch | undefined => {
  let sketch: Sketch | undefined;
  for (const value of values) sketch = addValue(sketch, value);
  return sketch;
};
/** Durations, rates and scores, of every size that they may have. */
const amount = fc.oneof(
  fc.double({ min: LEAST, max: 1e9, noNaN: true }),
  fc.nat(100_000),
  fc.constantFrom(0, 1, 0.5, 12.3, MOST),
);
const value = fc.oneof(
  amount,
  amount.map((one) => -one),
);
const values = fc.array(value, { minLength: 1, maxLength: 200 });
const SHARES = [0, 0.01, 0.5, 0.9, 0.95, 0.99, 1];

describe("a sketch", () => {
  it("has each quantile within its relative error of the true value", () => {
    fc.assert(
      fc.property(values, fc.constantFrom(...SHARES), (given, share) => {
        const sorted = [...given].sort((a, b) => a - b);
        const exact = sorted[Math.floor(share * (given.length - 1))] ?? Number.NaN;
        const found = quantile(sketchOf(given), share) ?? Number.NaN;
        const limit =
          Math.abs(exact) * (RELATIVE_ERROR + 1e-9) + (Math.abs(exact) < LEAST ? LEAST : 0);
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it("answers as Datadog's own implementation does", () => {
    fc.assert(
      fc.property(
        fc.array(amount, { minLength: 1 }),
        fc.constantFrom(0.1, 0.5, 0.99),
        (given, share) => {
          const reference = new DDSketch({ relativeAccuracy: RELATIVE_ERROR });
          for (const one of given) reference.accept(one);
          const found = quantile(sketchOf(given), share) ?? Number.NaN;
          const theirs = reference.getValueAtQuantile(share);
          // Ours stays between the least and the most of the values.
          const clamped = Math.min(Math.max(theirs, Math.min(...given)), Math.max(...given));
          expect(found).toBeCloseTo(clamped, 6 - Math.ceil(Math.log10(clamped + 1)));
        },
      ),
    );
  });

  it("adds up to the sketch of all values, in whatever order", () => {
    fc.assert(
      fc.property(fc.array(fc.array(value), { maxLength: 6 }), (parts) => {
        const whole = sketchOf(parts.flat());
        const join = (all: readonly (Sketch | undefined)[]): Sketch | undefined => {
          let sum: Sketch | undefined;
          for (const one of all) if (one) sum = mergeSketch(sum, one);
          return sum;
        };
        const each = parts.map(sketchOf);
        const [first, ...rest] = each;
        expect(join(each)).toEqual(whole);
        expect(join(each.toReversed())).toEqual(whole);
        expect(join([join(rest), first])).toEqual(whole);
      }),
    );
  });

  it("does not change what it adds", () => {
    const [one, other] = [sketchOf([1, 2, -3]), sketchOf([2, 5, 0, -4])];
    const before = structuredClone(other);
    const copy = mergeSketch(undefined, other as Sketch);
    mergeSketch(copy, one as Sketch);
    mergeSketch(one, other as Sketch);
    addValue(copy, 7);
    expect(other).toEqual(before);
  });

  it("survives being stored", () => {
    fc.assert(
      fc.property(values, (given) => {
        const sketch = sketchOf(given);
        expect(JSON.parse(JSON.stringify(sketch))).toEqual(sketch);
      }),
    );
  });

  it("counts what is no number as 0, and holds the largest and smallest", () => {
    const sketch = sketchOf([Number.NaN, Infinity, 1e300, -1e300, 1e-300]);
    expect(sketch).toMatchObject({ n: 5, min: -MOST, max: MOST, zeros: 3 });
    expect(quantile(undefined, 0.5)).toBeNull();
    expect(meanOf(undefined)).toBeNull();
    expect(meanOf(sketchOf([1, 2, 6]))).toBe(3);
  });
});

describe("a histogram", () => {
  it("has adjacent bars, few of them, that hold each value once", () => {
    fc.assert(
      fc.property(fc.array(amount, { minLength: 1, maxLength: 300 }), (given) => {
        const bars = histogramOf(sketchOf(given));
        expect(bars.length).toBeLessThanOrEqual(MAX_BARS + 1);
        expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(given.length);
        for (const [index, bar] of bars.entries()) {
          if (index > 0) expect(bar.from).toBe(bars[index - 1]?.to);
        }
      }),
    );
    expect(histogramOf(undefined)).toEqual([]);
  });

  it("counts up to fixed bounds, never falling", () => {
    const counts = cumulative(sketchOf([1, 2, 3, 50, 0]), [0, 2.5, 10, 100]);
    expect(counts).toEqual([1, 3, 4, 5]);
    expect(cumulative(undefined, [1])).toEqual([0]);
  });
});
