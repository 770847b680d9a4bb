import fc from "fast-check";
import { expect, it } from "vitest";
import { logTicks, ticksUpTo } from "../../../../src/dashboard/charts/ticks.ts";
import { runs } from "../../../support/runs.ts";

it("counts up to the highest value in few, even steps", () => {
  const value = fc.double({ min: 1e-6, max: 1e9, noNaN: true });
  const kind = fc.constantFrom("time" as const, "whole" as const, "" as const);
  fc.assert(
    fc.property(value, fc.integer({ min: 1, max: 8 }), kind, (highest, most, kind) => {
      const ticks = ticksUpTo(highest, most, kind);
      expect(ticks[0]).toBe(0);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(highest);
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThanOrEqual(most + 2);
      const [, step = 0] = ticks;
      for (const [i, tick] of ticks.entries()) expect(tick).toBeCloseTo(i * step, 6);
      if (kind === "whole") expect(ticks.every(Number.isInteger)).toBe(true);
    }),
    { numRuns: runs(500) },
  );
});

it.each([
  [900, 4, "time", [0, 500, 1000]],
  [70_000, 4, "time", [0, 20_000, 40_000, 60_000, 80_000]],
  [2, 5, "whole", [0, 1, 2]],
  [0.07, 4, "", [0, 0.02, 0.04, 0.06, 0.08]],
  [0, 4, "", [0, 1]],
  [Number.NaN, 4, "", [0, 1]],
] as const)("up to %s", (highest, most, kind, ticks) => {
  expect(ticksUpTo(highest, most, kind)).toEqual(ticks);
});

it("goes over powers of ten in few steps, in order", () => {
  const exponent = fc.double({ min: -3, max: 6, noNaN: true });
  fc.assert(
    fc.property(exponent, exponent, fc.integer({ min: 2, max: 12 }), (a, b, most) => {
      const [low, high] = [10 ** Math.min(a, b), 10 ** Math.max(a, b)];
      const ticks = logTicks(low, high, most);
      expect(ticks.length).toBeGreaterThan(0);
      expect(ticks.length).toBeLessThanOrEqual(most + 1);
      expect([...ticks].sort((x, y) => x - y)).toEqual(ticks);
      expect(new Set(ticks).size).toBe(ticks.length);
    }),
    { numRuns: runs(500) },
  );
  expect(logTicks(120, 900, 8)).toEqual([100, 200, 500, 1000]);
  expect(logTicks(0, 10, 4)).toEqual([1, 10]);
});
