import { afterEach, expect, it, vi } from "vitest";
import { encodeLeases } from "../../../src/delivery/encode-leases.ts";
import type { SealedRecord } from "../../../src/protocol/record.ts";
import type { Lease } from "../../../src/protocol/session/lease-calls.ts";
import { observation } from "./memory-session.ts";

const KB = 1024;
const leaseOf = (...records: SealedRecord[]): Lease => ({ id: 1, until: 0, records });
/** Records that are said to be of these sizes. */
const sized = (...sizes: number[]): Lease =>
  leaseOf(...sizes.map((size, index) => ({ ...observation("s", index + 1), size })));

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

it("encodes each record, in order, and says which lease it is of", async () => {
  const leases = [sized(1, 1), leaseOf(), sized(1)];
  const { records, unwritable } = await encodeLeases(leases);
  expect(records.map(({ lease, ordinal }) => [lease, ordinal])).toEqual([
    [0, 1],
    [0, 2],
    [2, 1],
  ]);
  expect(records.every(({ text }) => text.includes('"spanId"'))).toBe(true);
  expect(unwritable).toEqual([]);
});

it("sets aside what can't be written, and nothing else", async () => {
  const bad = { ...observation("s", 2), startTime: Number.NaN };
  const { records, unwritable } = await encodeLeases([
    sized(1),
    leaseOf(observation("s", 1), bad, observation("s", 3)),
  ]);
  expect(records.map(({ ordinal }) => ordinal)).toEqual([1, 1, 3]);
  const verdict = { ordinal: 2, reason: "unwritable", message: expect.stringMatching(/Error: /) };
  expect(unwritable).toEqual([{ lease: 1, verdict }]);
});

it.each([
  [[], 0],
  [[256 * KB - 1], 0],
  [[256 * KB], 1],
  [[256 * KB - 1, 1, 256 * KB - 1], 1],
  [[100 * KB, 100 * KB, 100 * KB, 100 * KB, 100 * KB], 1],
  [[300 * KB, 300 * KB, 300 * KB], 3],
])("lets others have a turn after each stretch: %j", async (sizes, turns) => {
  const timers = vi.spyOn(globalThis, "setTimeout");
  await encodeLeases([sized(...sizes.slice(0, 1)), sized(...sizes.slice(1))]);
  expect(timers).toHaveBeenCalledTimes(turns);
});

it("goes on when others have had theirs, and not before", async () => {
  vi.useFakeTimers();
  const encoded = vi.fn();
  void encodeLeases([sized(256 * KB)]).then(encoded);
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  expect(encoded).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(0);
  expect(encoded).toHaveBeenCalled();
});
