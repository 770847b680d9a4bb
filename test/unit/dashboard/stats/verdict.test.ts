import { describe, expect, it } from "vitest";
import { differenceOf, verdictOf } from "../../../../src/dashboard/stats/verdict.ts";
import type { Estimate } from "../../../../src/protocol/figures/body/experiments.ts";

const about = (value: number, half: number): Estimate => ({
  n: 100,
  value,
  low: value - half,
  high: value + half,
  enough: true,
});
const few: Estimate = { n: 12, value: 9, low: null, high: null, enough: false };

describe("a verdict", () => {
  it.each([
    [about(100, 5), about(80, 5), "less", "better"],
    [about(100, 5), about(120, 5), "less", "worse"],
    [about(0.7, 0.02), about(0.8, 0.02), "more", "better"],
    [about(100, 20), about(90, 20), "less", "no difference shown"],
    [about(100, 5), few, "less", "not enough yet"],
    [few, about(100, 5), "less", "not enough yet"],
  ] as const)("%j against %j", (base, variant, better, words) => {
    expect(verdictOf(base, variant, better)).toBe(words);
  });

  it("goes by the interval of the difference, not by whether two intervals meet", () => {
    // They overlap, and the difference is shown all the same.
    expect(verdictOf(about(100, 6), about(90, 6), "less")).toBe("better");
  });

  it("has a difference with an interval around it", () => {
    expect(differenceOf(about(100, 3), about(110, 4))).toEqual({ value: 10, low: 5, high: 15 });
    expect(differenceOf(few, about(1, 1))).toBeUndefined();
  });

  // R. G. Newcombe 1998, table II: 56/70 against 48/80, by method 10: 0.0524 to 0.3339.
  it("is Newcombe's for shares", () => {
    const one: Estimate = { n: 80, value: 0.6, low: 0.4904, high: 0.7002, enough: true };
    const two: Estimate = { n: 70, value: 0.8, low: 0.6918, high: 0.8769, enough: true };
    const { low = 0, high = 0 } = differenceOf(one, two) ?? {};
    expect(low).toBeCloseTo(0.0524, 2);
    expect(high).toBeCloseTo(0.3339, 2);
  });
});
