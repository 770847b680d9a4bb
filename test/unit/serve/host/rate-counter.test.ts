import fc from "fast-check";
import { expect, test } from "vitest";
import { RateCounter } from "../../../../src/serve/host/rate-counter.ts";

test("so many, and then no more until time has passed", () => {
  const counter = new RateCounter({ requests: 3, seconds: 10 });
  const asked = (now: number): boolean => counter.allows("a", now);
  expect([100_000, 100_001, 100_002, 100_003].map(asked)).toEqual([true, true, true, false]);
  expect(asked(109_999)).toBe(false);
  // Two thirds of the window before count still: one of three may go.
  expect(asked(113_400)).toBe(true);
  expect(asked(113_400)).toBe(false);
  expect(asked(140_000)).toBe(true);
});

test("keys do not count for each other", () => {
  const counter = new RateCounter({ requests: 1, seconds: 10 });
  expect([counter.allows("a", 0), counter.allows("b", 0), counter.allows("a", 1)]).toEqual([
    true,
    true,
    false,
  ]);
});

test("in no stretch of the window's length are there more than about twice as many, in the long run as many", () => {
  const seconds = 10;
  const times = fc.array(fc.nat(900), { minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 20 }), (steps, requests) => {
      const counter = new RateCounter({ requests, seconds });
      const allowed: number[] = [];
      let now = 0;
      for (const step of steps) {
        now += step;
        if (counter.allows("a", now)) allowed.push(now);
      }
      for (const from of allowed) {
        const within = allowed.filter((at) => at >= from && at < from + seconds * 1000);
        expect(within.length).toBeLessThanOrEqual(2 * requests);
      }
      const windows = Math.floor(now / (seconds * 1000)) + 1;
      expect(allowed.length).toBeLessThanOrEqual(windows * requests);
    }),
  );
});

test("a flood of keys is bounded, and locks out nobody", () => {
  const counter = new RateCounter({ requests: 1, seconds: 60 });
  for (let n = 0; n < 100_000; n += 1) counter.allows(`key ${n}`, 0);
  expect(counter.allows("one more", 0)).toBe(true);
  expect(counter.allows("key 7", 0)).toBe(false);
});
