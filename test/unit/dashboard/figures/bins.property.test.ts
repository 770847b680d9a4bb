import fc from "fast-check";
import { expect, it } from "vitest";
import { binned } from "../../../../src/dashboard/figures/bins.ts";
import type { Bar } from "../../../../src/protocol/figures/body/distribution.ts";
import { runs } from "../../../support/runs.ts";

/** As the edge tells them: adjacent, of equal width on a logarithmic scale. */
const histogram: fc.Arbitrary<Bar[]> = fc
  .record({
    from: fc.double({ min: 0.1, max: 1e4, noNaN: true }),
    ratio: fc.double({ min: 1.02, max: 2, noNaN: true }),
    counts: fc.array(fc.nat(50), { minLength: 1, maxLength: 40 }),
  })
  .map(({ from, ratio, counts }) =>
    counts.map((count, i) => ({ from: from * ratio ** i, to: from * ratio ** (i + 1), count })),
  );

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);

it("loses nothing of a distribution, on whatever bins", () => {
  fc.assert(
    fc.property(fc.array(histogram, { minLength: 1, maxLength: 3 }), (all) => {
      const { edges, shares } = binned(all);
      expect(edges.length).toBeLessThanOrEqual(61);
      expect([...edges].sort((a, b) => a - b)).toEqual(edges);
      for (const [i, one] of all.entries()) {
        const total = sum(one.map(({ count }) => count));
        expect(sum(shares[i] ?? [])).toBeCloseTo(total === 0 ? 0 : 1, 5);
        expect(shares[i]).toHaveLength(edges.length - 1);
      }
    }),
    { numRuns: runs(300) },
  );
});

it("leaves one distribution's bars as they are", () => {
  const bars = [10, 20, 40, 80].map((from, i) => ({
    from,
    to: from * 2,
    count: [1, 5, 3, 1][i] ?? 0,
  }));
  const { edges, shares } = binned([bars]);
  expect(edges).toEqual([10, 20, 40, 80, 160]);
  expect(shares[0]?.map((one) => Number(one.toFixed(6)))).toEqual([0.1, 0.5, 0.3, 0.1]);
});

it("takes no bar that is none", () => {
  const wrong = [
    { from: 0, to: 1, count: 3 },
    { from: 5, to: 5, count: 2 },
  ];
  expect(binned([wrong, []])).toEqual({ edges: [], shares: [[], []] });
});
