// What an isolate holds of bodies, over all of its requests.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BodyBudget, type Held, MAX_HELD_BYTES } from "../../../src/edge/body-budget.ts";

const MEBI = 1024 * 1024;
const KIBI = 1024;

describe("the budget of bodies", () => {
  test("holds some large bodies side by side, and has room again when one is released", () => {
    const budget = new BodyBudget();
    const shares = Array.from({ length: 10 }, () => budget.share());
    const taken = shares.filter((share) => budget.take(share, 4 * MEBI, 0));
    expect(taken).toHaveLength(3);
    budget.release(taken[0] ?? budget.share());
    expect(budget.take(budget.share(), 4 * MEBI, 0)).toBe(true);
  });

  test("has room for small bodies while large ones fill it", () => {
    const budget = new BodyBudget();
    while (budget.take(budget.share(), MEBI, 0));
    expect(budget.heldBytes).toBe(12 * MEBI);
    expect(budget.take(budget.share(), 64 * KIBI, 0)).toBe(true);
    // A body that grows large piece by piece is a large one.
    const growing = budget.share();
    expect(budget.take(growing, 64 * KIBI, 0)).toBe(true);
    expect(budget.take(growing, 1, 0)).toBe(false);
  });

  test("takes bodies for gone whose requests ended without a word", () => {
    const budget = new BodyBudget();
    const dead = budget.share();
    for (const share of [dead, budget.share(), budget.share()]) budget.take(share, 4 * MEBI, 1000);
    expect(budget.take(budget.share(), MEBI, 120_999)).toBe(false);
    expect(budget.take(budget.share(), MEBI, 121_000)).toBe(true);
    budget.release(dead);
    expect(budget.heldBytes).toBe(MEBI);
  });

  test("property: never more than it may, exactly what its shares hold, and nothing at the end", () => {
    const step = fc.record({
      who: fc.nat(5),
      bytes: fc.integer({ min: 0, max: 6 * MEBI }),
      release: fc.boolean(),
      seconds: fc.nat(60),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const budget = new BodyBudget();
        const shares: Held[] = Array.from({ length: 6 }, () => budget.share());
        let now = 0;
        for (const { who, bytes, release, seconds } of steps) {
          now += seconds * 1000;
          const share = shares[who] ?? budget.share();
          if (release) budget.release(share);
          else budget.take(share, bytes, now);
          const sum = shares.reduce((total, one) => total + one.bytes, 0);
          expect(budget.heldBytes).toBe(sum);
          expect(budget.heldBytes).toBeLessThanOrEqual(MAX_HELD_BYTES);
        }
        for (const share of shares) budget.release(share);
        expect(budget.heldBytes).toBe(0);
      }),
    );
  });
});
