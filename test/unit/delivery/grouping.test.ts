import { expect, it } from "vitest";
import { inOrder, rotated, takeGroup } from "../../../src/delivery/grouping.ts";
import {
  POST_TIMEOUT_MS,
  RESERVED_LEASE_MS,
  SETTLE_MARGIN_MS,
} from "../../../src/protocol/delivery-times.ts";

const one = (lease: number, tries: number, taken = false) => ({ lease, tries, taken });

it("sessions that Langfuse knows come first, whatever chance says, until they fail again and again", () => {
  const order = inOrder([one(0, 0), one(1, 1, true), one(2, 9, true)], () => 0.9);
  expect(order.map(({ lease }) => lease)).toEqual([1, 0, 2]);
});

it("only sessions that were tried as often share a request, and none that failed twice", () => {
  const order = [one(0, 0, true), one(1, 0, true), one(2, 1, true), one(3, 2), one(4, 2)];
  expect(takeGroup(order, 20).map(({ lease }) => lease)).toEqual([0, 1]);
  expect(takeGroup(order, 20).map(({ lease }) => lease)).toEqual([2]);
  expect(takeGroup(order, 20).map(({ lease }) => lease)).toEqual([3]);
  expect(takeGroup([one(0, 0), one(1, 0)], 0)).toHaveLength(1);
});

it("a session's records begin with another one at each try", () => {
  expect([2, 3, 4, 5].map((tries) => rotated(["a", "b", "c"], tries).join(""))).toEqual([
    "abc",
    "bca",
    "cab",
    "abc",
  ]);
  expect(rotated([], 7)).toEqual([]);
});

it("the shortest lease leaves room for a POST's whole timeout and its settlement", () => {
  expect(RESERVED_LEASE_MS).toBeGreaterThan(POST_TIMEOUT_MS + SETTLE_MARGIN_MS);
});
