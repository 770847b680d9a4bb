// The budget of request bodies, over all requests of an isolate.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BodyBudget, type BodyShare, MAX_HELD_BYTES } from "../../../src/edge/body-budget.ts";

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

  test("bounds what the shares of a pool hold together, and leaves the others their room", () => {
    const budget = new BodyBudget();
    const mine = [{ name: "mallory", maxBytes: 6 * MEBI }];
    const [first, second] = [budget.share(mine), budget.share(mine)];
    expect(budget.take(first, 4 * MEBI, 0)).toBe(true);
    expect(budget.take(second, 3 * MEBI, 0)).toBe(false);
    expect(budget.take(second, 2 * MEBI, 0)).toBe(true);
    // Not even a small one: that would be a way to take the rest.
    expect(budget.take(budget.share(mine), 1, 0)).toBe(false);
    expect(budget.take(budget.share(), 4 * MEBI, 0)).toBe(true);
    budget.release(first);
    expect(budget.take(second, 4 * MEBI, 0)).toBe(true);
  });

  test("counts a share in its new pools once its sender is known", () => {
    const budget = new BodyBudget();
    const strangers = [{ name: "strangers", maxBytes: MEBI }];
    const ada = [{ name: "ada", maxBytes: 2 * MEBI }];
    const share = budget.share(strangers);
    expect(budget.take(share, MEBI, 0)).toBe(true);
    budget.move(share, ada);
    expect(budget.take(budget.share(strangers), MEBI, 0)).toBe(true);
    expect(budget.take(share, MEBI, 0)).toBe(true);
    expect(budget.take(budget.share(ada), 1, 0)).toBe(false);
  });

  test("takes bodies for gone also where only a pool is full", () => {
    const budget = new BodyBudget();
    const pools = [{ name: "ada", maxBytes: MEBI }];
    budget.take(budget.share(pools), MEBI, 0);
    expect(budget.take(budget.share(pools), MEBI, 119_999)).toBe(false);
    expect(budget.take(budget.share(pools), MEBI, 120_000)).toBe(true);
  });

  test("property: never more than it or a pool may, exactly what its shares hold, and nothing at the end", () => {
    const POOLS = [
      [],
      [{ name: "a", maxBytes: 5 * MEBI }],
      [
        { name: "a", maxBytes: 5 * MEBI },
        { name: "b", maxBytes: 7 * MEBI },
      ],
    ];
    const step = fc.record({
      who: fc.nat(5),
      bytes: fc.integer({ min: 0, max: 6 * MEBI }),
      what: fc.constantFrom("take", "take", "release", "move"),
      pools: fc.constantFrom(...POOLS),
      seconds: fc.nat(60),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const budget = new BodyBudget();
        const shares: BodyShare[] = Array.from({ length: 6 }, (_, n) => budget.share(POOLS[n % 3]));
        const heldIn = (pool: string): number =>
          shares
            .filter(({ pools }) => pools.some(({ name }) => name === pool))
            .reduce((total, one) => total + one.bytes, 0);
        let now = 0;
        for (const { who, bytes, what, pools, seconds } of steps) {
          now += seconds * 1000;
          const share = shares[who] ?? budget.share();
          if (what === "release") budget.release(share);
          else if (what === "move") budget.move(share, pools);
          else if (budget.take(share, bytes, now)) {
            for (const { name, maxBytes } of share.pools) {
              expect(heldIn(name)).toBeLessThanOrEqual(maxBytes);
            }
          }
          const sum = shares.reduce((total, one) => total + one.bytes, 0);
          expect(budget.heldBytes).toBe(sum);
          expect(budget.heldBytes).toBeLessThanOrEqual(MAX_HELD_BYTES);
        }
        for (const share of shares) budget.release(share);
        expect(budget.heldBytes).toBe(0);
        // Nor does a pool remember anything.
        for (const pools of POOLS) {
          const share = budget.share(pools);
          expect(budget.take(share, 5 * MEBI, now)).toBe(true);
          budget.release(share);
        }
      }),
    );
  });
});
