import { expect, it } from "vitest";
import { makesWay, probePlace } from "../../../../src/delivery/posts/keep-order.ts";

it("a record makes way that has failed alone three times, while others were taken", () => {
  const evidence = (failures: number, othersTaken: boolean): boolean =>
    makesWay({ failures, othersTaken });
  expect([0, 1, 2, 3].map((failures) => evidence(failures, true))).toEqual([
    false,
    false,
    true,
    true,
  ]);
  expect(evidence(9, false)).toBe(false);
});

it("no session is probed while it may be an outage of half a minute, and none of a single record", () => {
  expect([0, 1, 2].map((tries) => probePlace(tries, 5))).toEqual([undefined, undefined, undefined]);
  expect(probePlace(9, 1)).toBeUndefined();
});

it("each try probes another record than the oldest, and all of them in turn", () => {
  // But for those that give the oldest record all the time there is.
  expect([3, 4, 5, 6, 7, 8, 9].map((tries) => probePlace(tries, 4))).toEqual([
    1,
    2,
    undefined,
    3,
    1,
    undefined,
    2,
  ]);
});
