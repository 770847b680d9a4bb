import { expect, it } from "vitest";
import { json, run } from "../scripted-langfuse.ts";
import { encodedRecord } from "./arbitrary-encoded.ts";
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

it("a further one of its session makes way the second time", () => {
  const evidence = (failures: number): boolean =>
    makesWay({ failures, othersTaken: true, isFurther: true });
  expect([0, 1, 2].map(evidence)).toEqual([false, true, true]);
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
  // Where others were taken a moment ago, the next one will show it, or the one behind that.
  const proven = [3, 4, 5, 6, 7, 8, 9].map((tries) => probePlace(tries, 4, true));
  expect(proven).toEqual([1, 1, 2, 2, 3, 3, 1]);
});

it("what the oldest record has failed is not held against the one behind it", async () => {
  const APART = { apart: true, proven: true };
  const records = [encodedRecord(0, 0), ...[0, 1, 2].map((ordinal) => encodedRecord(1, ordinal))];
  const failing = { observation: { tries: 3, since: 0, last: 0, alone: 2 } };
  const { delivery, langfuse } = await run(
    { leases: 2, records },
    { before: (_post, names) => (/1\/[01]/.test(names.join()) ? json(500, {}) : undefined) },
    {
      plans: { observation: APART, score: APART },
      lastDelivery: async () => 1,
      before: [{ taken: true }, { failing }],
      postsAtOnce: 1,
    },
  );
  // The third failure of the oldest; the first of the next one, which holds up those behind it.
  expect(delivery.leases[1]).toMatchObject({ delivered: [], setAside: [0] });
  expect(delivery.leases[1]?.retry).toMatchObject({ byKind: { observation: { alone: true } } });
  expect(langfuse.taken).toEqual(["0/0"]);
});
