import fc from "fast-check";
import { expect, it } from "vitest";
import { inOrder, takeGroup } from "../../../../src/delivery/posts/grouping.ts";
import {
  POST_TIMEOUT_MS,
  RESERVED_LEASE_MS,
  SETTLE_MARGIN_MS,
} from "../../../../src/protocol/delivery-times.ts";
import { Simulation } from "../simulation.ts";
import { runs } from "../../../support/runs.ts";

const one = (lease: number, tries: number, taken = false, records = 1) => ({
  lease,
  tries,
  taken,
  records,
});

const seeded = (seed: number): (() => number) => new Simulation({ seed }).random;

it("sessions that Langfuse knows come first, whatever chance says, until they fail again", () => {
  const order = inOrder([one(0, 0), one(1, 1, true), one(2, 9, true)], () => 0.9);
  expect(order.map(({ lease }) => lease)).toEqual([1, 0, 2]);
  // The second failure was of the session alone.
  const twice = inOrder([one(0, 0), one(1, 2, true)], () => 0.9);
  expect(twice.map(({ lease }) => lease)).toEqual([0, 1]);
});

it("the first place goes by what waits in a session, and how often it was tried", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), (seed) => {
      const random = seeded(seed);
      const firsts = Array.from({ length: 2_000 }, () => {
        const [first] = inOrder([one(0, 0, false, 3), one(1, 0), one(2, 2), one(3, 9)], random);
        return first?.lease;
      });
      const share = (lease: number): number => firsts.filter((it) => it === lease).length / 2_000;
      // 3 : 1 : 1/3 : 1/10
      expect(share(0)).toBeCloseTo(0.677, 1);
      expect(share(1)).toBeCloseTo(0.226, 1);
      expect(share(2)).toBeCloseTo(0.075, 1);
      expect(share(3)).toBeGreaterThan(0);
    }),
    { numRuns: runs(10) },
  );
});

it("no session's chance grows with more records than are counted", () => {
  const order = inOrder([one(0, 0, false, 32), one(1, 0, false, 5_000)], () => 0.5);
  expect(order.map(({ lease }) => lease)).toEqual([0, 1]);
});

it("only sessions that were tried as often share a request, and none that failed twice", () => {
  const order = [one(0, 0, true), one(1, 0, true), one(2, 1, true), one(3, 2), one(4, 2)];
  expect(takeGroup(order, 20).map(({ lease }) => lease)).toEqual([0, 1]);
  expect(takeGroup(order, 20).map(({ lease }) => lease)).toEqual([2]);
  expect(takeGroup(order, 20).map(({ lease }) => lease)).toEqual([3]);
  expect(takeGroup([one(0, 0), one(1, 0)], 0)).toHaveLength(1);
});

it("the shortest lease leaves room for a POST's whole timeout and its settlement", () => {
  expect(RESERVED_LEASE_MS).toBeGreaterThan(POST_TIMEOUT_MS + SETTLE_MARGIN_MS);
});
