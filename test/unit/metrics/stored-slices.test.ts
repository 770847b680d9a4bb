// A slice in its pieces: whatever its length was before, it is read as it was put.
import { expect, test } from "vitest";
import { emptySlice } from "../../../src/figures/cells/slice.ts";
import { StoredSlices } from "../../../src/metrics/stored-slices.ts";
import { MemoryKv } from "../outcomes/ledger/memory-kv.ts";

/** Longer than a piece. */
const LONG = 1_000_000;
const sliceOf = (length: number, n = 1) => ({
  ...emptySlice(),
  v: 1 as const,
  batches: [],
  errors: { ["x".repeat(length)]: n },
});

test.each([
  ["grows", 10, LONG],
  ["shrinks by a piece", LONG, 10],
  ["has a dozen pieces", 11 * LONG, 11 * LONG + 1],
  ["shrinks from a dozen pieces to one", 11 * LONG, 10],
])("a slice that %s is read whole, and those beside it stay", (_how, before, now) => {
  const { kv } = new MemoryKv();
  const slices = new StoredSlices(kv, "minute/");
  slices.put(60_000, sliceOf(LONG));
  slices.put(120_000, sliceOf(before));
  slices.put(180_000, sliceOf(LONG));
  slices.put(120_000, sliceOf(now, 2));
  const read = [...new StoredSlices(kv, "minute/").between(0, 200_000)];
  expect(read.map(({ at }) => at)).toEqual([60_000, 120_000, 180_000]);
  const lengths = read.map(({ slice }) => Object.entries(slice.errors)[0]);
  expect(lengths.map((entry) => [entry?.[0].length, entry?.[1]])).toEqual([
    [LONG, 1],
    [now, 2],
    [LONG, 1],
  ]);
});
