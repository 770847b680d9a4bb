// How far a lease reaches.
import { expect, it } from "vitest";
import { MAX_LEASE_SIZE } from "../../../../src/session/bounds.ts";
import { leaseReach, leaseRefusal } from "../../../../src/session/outbox/lease.ts";
import type { SessionState } from "../../../../src/session/state.ts";
import { fresh } from "../support.ts";

/** A session with records of these sizes, numbered from 1. */
function holding(...sizes: number[]): SessionState {
  const state = fresh();
  state.outbox = sizes.map((size, index) => ({
    kind: "score",
    ordinal: index + 1,
    seq: index + 1,
    actions: 1,
    size,
    id: `score-${index}`,
    body: "{}",
    timestamp: 0,
  }));
  return state;
}

it.each([
  [1, 1],
  [30, 1],
  [49, 1],
  [50, 2],
  [99, 2],
  [100, 3],
  [1_000, 3],
])("with %i bytes reaches record %i of 30, 20 and 50", (maxBytes, upTo) => {
  expect(leaseReach(holding(30, 20, 50), maxBytes)).toBe(upTo);
});

it("reaches no further than one call can carry, whatever is asked for", () => {
  const half = MAX_LEASE_SIZE / 2;
  expect(leaseReach(holding(half, half, 1), 100 * MAX_LEASE_SIZE)).toBe(2);
  expect(leaseReach(holding(2 * MAX_LEASE_SIZE, 1), 100 * MAX_LEASE_SIZE)).toBe(1);
  expect(leaseReach(holding(), 1)).toBe(0);
});

it("is strict only about the first record, and only where that is asked for", () => {
  const state = holding(30, 500);
  expect(leaseRefusal(state, undefined, { maxBytes: 29, strict: true })).toBe("large");
  expect(leaseRefusal(state, undefined, { maxBytes: 30, strict: true })).toBeUndefined();
  expect(leaseRefusal(state, undefined, { maxBytes: 29 })).toBeUndefined();
});
