import { expect, it } from "vitest";
import { randomOf } from "../../../../src/dev/traffic/random.ts";
import { arrivals } from "../../../../src/dev/traffic/schedule.ts";

it("is the same for the same seed, and even", () => {
  const values = (seed: number): number[] => {
    const { next } = randomOf(seed);
    return Array.from({ length: 5000 }, () => next());
  };
  expect(values(3)).toEqual(values(3));
  expect(values(3)).not.toEqual(values(4));
  const mean = values(3).reduce((sum, one) => sum + one, 0) / 5000;
  expect(mean).toBeCloseTo(0.5, 1);
  expect(Math.min(...values(3))).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values(3))).toBeLessThan(1);
});

it("has arrivals in order, about as many as it says, more of them in the rush", () => {
  const hour = 3_600_000;
  const moments = arrivals(randomOf(1), hour);
  expect(moments).toEqual(moments.toSorted((a, b) => a - b));
  expect(moments.length).toBeGreaterThan(500);
  expect(moments.length).toBeLessThan(1100);
  const within = (from: number, to: number): number =>
    moments.filter((at) => at >= from * hour && at < to * hour).length;
  expect(within(0.63, 0.69)).toBeGreaterThan(1.3 * within(0.03, 0.09));
});
