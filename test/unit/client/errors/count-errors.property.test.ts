import { expect, test } from "vitest";
import fc from "fast-check";
import { countError, newCounts } from "../../../../src/client/errors/count-errors.ts";

test("whatever comes, each is told once, at most so many, and every one is counted", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9 }).map(String), { maxLength: 200 }),
      fc.integer({ min: 0, max: 6 }),
      (errors, most) => {
        const counts = newCounts();
        const told = errors.filter((id, now) => countError(counts, id, now, most));
        expect(new Set(told).size).toBe(told.length);
        expect(told.length).toBe(Math.min(most, new Set(errors).size));
        expect(counts.total).toBe(errors.length);
        const counted = [...counts.told.values()].reduce((sum, { count }) => sum + count, 0);
        expect(counted + counts.untold).toBe(errors.length);
        for (const [id, { count, lastAt }] of counts.told) {
          expect(count).toBe(errors.filter((one) => one === id).length);
          expect(lastAt).toBe(errors.lastIndexOf(id));
        }
      },
    ),
  );
});
