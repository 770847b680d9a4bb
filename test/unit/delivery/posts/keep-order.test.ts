import fc from "fast-check";
import { expect, it } from "vitest";
import { json, run } from "../scripted-langfuse.ts";
import { encodedRecord } from "./arbitrary-encoded.ts";
import { makesWay, probeParts } from "../../../../src/delivery/posts/keep-order.ts";

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

const FOR_MS = 60_000;
const parts = (tries: number, records: number, width = 4, forMs = FOR_MS) =>
  probeParts({ tries, forMs }, records, width);
const PROBES = Array.from({ length: 40 }, (_, tries) => tries);

it("no session is probed after a moment's failure, nor where the try takes its whole time, nor of a single record", () => {
  const tries = PROBES.filter((n) => parts(n, 5, 4) !== undefined);
  expect(tries.slice(0, 6)).toEqual([2, 4, 5, 7, 8, 10]);
  expect(PROBES.flatMap((n) => parts(n, 1, 4) ?? [])).toEqual([]);
});

it("the oldest records are alone, and about a turn behind them shares a request", () => {
  expect(parts(2, 100, 4)).toEqual([
    [0, 1],
    [1, 2],
    [2, 3],
    [3, 11],
  ]);
  expect(parts(2, 100, 2)).toEqual([
    [0, 1],
    [1, 9],
  ]);
  expect(parts(2, 2, 4)).toEqual([
    [0, 1],
    [1, 2],
  ]);
});

it("every other time the record at some place is alone, each of them in turn", () => {
  expect(parts(4, 6, 4)).toEqual([
    [0, 3],
    [3, 4],
  ]);
  const places = PROBES.map((n) => parts(n, 6, 4)).flatMap((its) =>
    its?.length === 2 ? [its[1]?.[0]] : [],
  );
  // Not while the session goes forward now and then.
  expect(parts(4, 6, 4, 10_000)?.length).toBe(4);
  expect(places.slice(0, 7)).toEqual([3, 4, 5, 3, 4, 5, 3]);
});

it("requests of one moment hold records in their order, from the oldest on, and no more than may be posted", () => {
  fc.assert(
    fc.property(
      fc.nat(10_000),
      fc.integer({ min: 2, max: 3_000 }),
      fc.integer({ min: 2, max: 4 }),
      (tries, records, width) => {
        const its = parts(tries, records, width) ?? [];
        let at = 0;
        for (const [from, to] of its) {
          expect(from).toBe(at);
          expect(to).toBeGreaterThan(from);
          at = to;
        }
        expect(its.length).toBeLessThanOrEqual(width);
        expect(at).toBeLessThanOrEqual(records);
      },
    ),
  );
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
