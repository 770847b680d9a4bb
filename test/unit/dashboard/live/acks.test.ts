import { expect, it } from "vitest";
import {
  acknowledged,
  isDueNow,
  isDueSoon,
  NOTHING_READ,
  read,
} from "../../../../src/dashboard/live/acks.ts";
import { backoffMs } from "../../../../src/dashboard/live/backoff.ts";
import { MAX_UNACKNOWLEDGED } from "../../../../src/protocol/live.ts";

it("acknowledges after some messages, well before the edge stops", () => {
  let acks = NOTHING_READ;
  expect(isDueSoon(acks)).toBe(false);
  let n = 0;
  while (!isDueNow(acks)) acks = read(acks, (n += 1));
  expect(n).toBeLessThan(MAX_UNACKNOWLEDGED);
  expect(isDueSoon(acks)).toBe(true);
  acks = acknowledged(acks);
  expect([isDueNow(acks), isDueSoon(acks), acks.acknowledged]).toEqual([false, false, n]);
  // A number that comes again is no news.
  expect(read(acks, n - 1)).toEqual(acks);
});

it("waits longer after each failure, up to a bound, and never all at once", () => {
  expect([1, 2, 3, 40].map((failures) => backoffMs(failures, 1))).toEqual([300, 600, 1200, 15_000]);
  expect(backoffMs(3, 0)).toBe(600);
});
