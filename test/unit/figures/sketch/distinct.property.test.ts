import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addDistinct,
  countDistinct,
  MAX_HASHES,
  mergeDistinct,
} from "../../../../src/figures/sketch/distinct.ts";

const seenOf = (texts: readonly string[]): number[] => {
  const seen: number[] = [];
  for (const text of texts) addDistinct(seen, text);
  return seen;
};

describe("a count of different texts", () => {
  it("is exact while there are few, whatever the repetition", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(150)), (given) => {
        const seen = seenOf(given.map((one) => `session-${one}`));
        expect(countDistinct(seen)).toBe(new Set(given).size);
      }),
    );
  });

  it("is near where there are many", () => {
    for (const many of [1_000, 20_000, 200_000]) {
      const count = countDistinct(seenOf(Array.from({ length: many }, (_, n) => `user ${n}`)));
      expect(Math.abs(count - many) / many).toBeLessThan(0.2);
    }
  });

  it("adds up to that of all, in whatever order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.string(), { maxLength: 400 }), { minLength: 1, maxLength: 4 }),
        (parts) => {
          const whole = seenOf(parts.flat());
          for (const order of [parts, parts.toReversed()]) {
            const sum: number[] = [];
            for (const part of order) mergeDistinct(sum, seenOf(part));
            expect(sum).toEqual(whole);
            mergeDistinct(sum, whole);
            expect(sum).toEqual(whole);
          }
          expect(whole.length).toBeLessThanOrEqual(MAX_HASHES);
        },
      ),
    );
  });
});
