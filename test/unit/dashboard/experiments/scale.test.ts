import { expect, it } from "vitest";
import { percentAt, scaleOf } from "../../../../src/dashboard/experiments/scale.ts";

const estimate = (value: number | null, low: number | null, high: number | null) => ({
  n: 40,
  value,
  low,
  high,
  enough: low !== null,
});

it("has room for every estimate", () => {
  const scale = scaleOf([estimate(5, 4, 6), estimate(9, null, null)]);
  expect(scale.from).toBeLessThan(4);
  expect(scale.to).toBeGreaterThan(9);
  expect(percentAt(4, scale)).toBeGreaterThan(0);
  expect(percentAt(9, scale)).toBeLessThan(100);
});

it("is a scale where all are alike, or nothing is known", () => {
  expect(percentAt(0, scaleOf([estimate(0, 0, 0)]))).toBe(50);
  expect(scaleOf([estimate(null, null, null)])).toEqual({ from: 0, to: 1 });
  expect(percentAt(99, { from: 0, to: 1 })).toBe(100);
});
