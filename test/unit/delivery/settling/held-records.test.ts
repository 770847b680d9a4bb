// What the passes of an isolate know of each other's records: those that are about to be settled, and those that were
// settled late.
import { describe, expect, it } from "vitest";
import { HeldRecords } from "../../../../src/delivery/settling/held-records.ts";
import { LateSettlements } from "../../../../src/delivery/settling/late-settlements.ts";
import type { Lease } from "../../../../src/protocol/session/lease-calls.ts";
import type { ScoreRecord, SealedRecord } from "../../../../src/protocol/record.ts";
import { observation } from "../memory-session.ts";

const T0 = 1_795_380_000_000;
const score = (ordinal: number): ScoreRecord & SealedRecord => ({
  kind: "score",
  ordinal,
  actions: 1,
  size: 40,
  id: `s${ordinal}`,
  body: "{}",
  timestamp: T0,
});
const lease = (id: number, ...records: SealedRecord[]): Lease => ({
  id,
  until: T0 + 33_000,
  records,
});

describe("records that a pass holds", () => {
  const first = lease(1, observation("a", 1), score(2));

  it("are left to it for two seconds, from when another is lent some of them", () => {
    const held = new HeldRecords();
    held.lent("a", first);
    expect(held.has("b", first, T0)).toBe(false);
    expect(held.has("a", lease(2, score(3)), T0)).toBe(false);
    const again = lease(2, score(2), score(3));
    expect([0, 1_999, 2_000].map((ms) => held.has("a", again, T0 + ms))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it("are no more those that it has settled, all of them or a kind", () => {
    const held = new HeldRecords();
    held.lent("a", first);
    held.settled("a", first, ["score"]);
    expect(held.has("a", lease(2, observation("a", 1)), T0)).toBe(false);
    expect(held.has("a", lease(2, score(2)), T0)).toBe(true);
    held.settled("a", first);
    held.settled("a", first);
    expect(held.has("a", lease(2, score(2)), T0)).toBe(false);
  });
});

describe("a lease that was granted before its records were settled", () => {
  const old = lease(1, observation("a", 1), score(2));

  it("is known to be out of date, where that came at the end of the one before or later", () => {
    const late = new LateSettlements();
    late.settling("a", old, [1], old.until - 5_001);
    expect(late.has("a", old, old.until)).toBe(false);
    late.settling("a", old, [1], old.until - 5_000);
    expect(late.has("a", lease(2, score(2)), old.until)).toBe(false);
    expect(late.has("b", old, old.until)).toBe(false);
    const again = lease(2, observation("a", 1), score(2));
    const from = old.until - 5_000;
    expect([0, 59_999, 60_000].map((ms) => late.has("a", again, from + ms))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it("is known to be so, too, while its session is to be told again", () => {
    const late = new LateSettlements();
    late.unheard("a", [], old.until);
    expect(late.has("a", old, old.until)).toBe(false);
    late.unheard("a", [1], old.until);
    expect(late.has("a", old, old.until)).toBe(true);
  });

  it("is not where the session may not have heard of it", () => {
    const late = new LateSettlements();
    late.settling("a", old, [1, 2], old.until);
    late.failed("a");
    expect(late.has("a", old, old.until)).toBe(false);
  });

  it("is remembered of a bounded number", () => {
    const late = new LateSettlements();
    for (let n = 0; n <= 1_000; n += 1) late.settling(`o${n}`, old, [1], old.until);
    expect([late.has("o0", old, old.until), late.has("o1000", old, old.until)]).toEqual([
      false,
      true,
    ]);
  });
});
