// A session that is deleted while somebody still writes to it, or takes from it.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import type { Change } from "../../../src/protocol/change.ts";
import { DELETED_MS, MEMORY_MS } from "../../../src/session/bounds.ts";
import {
  AFTER_EVICTION,
  claimOf,
  consumeClaims,
  moveClock,
  newSession,
  received,
  request,
  sendTurn,
  spanChange,
  type TestSession,
  turnSteps,
  eachOnItsOwn,
} from "../support.ts";

eachOnItsOwn();

const MARKER = "nobody else's business";
const DELETED = { status: "refused", code: "session_deleted", message: expect.any(String) };
const NOTHING = { actions: 0, open: 0, pending: 0, dead: 0, inFlight: 0 };

/** A turn and the beginning of another, all of it with the marker. */
const steps = (): Change[] =>
  [...turnSteps(), spanChange("create", "open", "ui2-second")].map((step) => ({
    ...step,
    fields: { ...step.fields, input: MARKER, statusMessage: MARKER },
  }));

const storedIn = (session: TestSession): Promise<[key: string, value: unknown][]> =>
  runInDurableObject(session.stub(), (_object, state) => [...state.storage.kv.list()]);
const alarmOf = (session: TestSession): Promise<number | null> =>
  runInDurableObject(session.stub(), (_object, state) => state.storage.getAlarm());

async function holding(): Promise<TestSession> {
  const session = newSession();
  await session.stub().append(request(steps()));
  moveClock(2);
  return session;
}

/** It has the one row of its tombstone, in which nothing of what was sent is left. */
async function expectEmptied(session: TestSession): Promise<void> {
  const stored = await storedIn(session);
  expect(stored).toHaveLength(1);
  const text = JSON.stringify(stored);
  for (const part of [MARKER, "ui2-", "tab", "call"]) expect(text).not.toContain(part);
  expect(await session.stub().lease({ maxBytes: 1_000_000 })).toEqual({ reason: "empty" });
  expect(await session.stub().pending()).toEqual({ pending: 0, sealed: 0 });
}

describe("a session that is deleted", () => {
  it("holds nothing any more, and its page's retry does not bring it back", async () => {
    const session = await holding();
    expect(JSON.stringify(await storedIn(session))).toContain(MARKER);
    expect(await session.stub().deleteSession()).toEqual({
      object: session.id.toString(),
      actions: 7,
      open: 1,
      pending: 3,
      dead: 0,
      inFlight: 0,
      until: Date.now() + DELETED_MS,
    });
    await expectEmptied(session);
    for (const evicted of [false, true]) {
      if (evicted) await evictDurableObject(session.stub());
      const retry = { ...request(steps()), flush: { deliver: true } };
      expect(await session.stub().append(retry)).toEqual({
        results: steps().map(() => DELETED),
        pending: 0,
        sealed: 0,
      });
      await expectEmptied(session);
    }
    moveClock(AFTER_EVICTION);
    await runDurableObjectAlarm(session.stub());
    await consumeClaims(claimOf(session));
    expect(await received()).toEqual({ spans: [], findings: [] });
  });

  it("leaves nothing of a journal of many rows", async () => {
    const session = newSession();
    const [create, ...rest] = steps();
    if (create === undefined) throw new Error("a turn begins with its trace");
    const output = MARKER.repeat(100_000);
    await session.stub().append(request([{ ...create, fields: { output } }, ...rest]));
    expect((await storedIn(session)).length).toBeGreaterThan(1);
    await session.stub().deleteSession();
    await expectEmptied(session);
  });

  it("forgets its dead letters", async () => {
    const session = await holding();
    const { lease } = await session.stub().lease({ maxBytes: 1_000_000 });
    const dead = (lease?.records ?? []).map(({ ordinal }) => ({
      ordinal,
      reason: "refused",
      message: MARKER,
    }));
    await session.stub().settle({ lease: lease?.id ?? 0, delivered: [], dead });
    expect(await session.stub().deleteSession()).toMatchObject({
      dead: 3,
      pending: 0,
      inFlight: 0,
    });
    await expectEmptied(session);
  });

  it.each(["delivered", "dead", "retry"] as const)(
    "is not brought back by a delivery under way that ends as %s",
    async (end) => {
      for (const evicted of [false, true]) {
        const session = await holding();
        const { lease } = await session.stub().lease({ maxBytes: 1_000_000 });
        const ordinals = lease?.records.map(({ ordinal }) => ordinal) ?? [];
        expect(ordinals).toHaveLength(3);
        expect(await session.stub().deleteSession()).toMatchObject({
          actions: 1,
          open: 1,
          pending: 0,
          inFlight: 3,
        });
        if (evicted) await evictDurableObject(session.stub());
        const settlement = {
          lease: lease?.id ?? 0,
          delivered: end === "delivered" ? ordinals : [],
          dead:
            end === "dead"
              ? ordinals.map((ordinal) => ({ ordinal, reason: "refused", message: MARKER }))
              : [],
          ...(end === "retry" && { retry: { reason: "unavailable" as const } }),
          next: { maxBytes: 1_000_000 },
        };
        // Twice: an answer may be lost.
        for (let round = 0; round < 2; round += 1) {
          expect(await session.stub().settle(settlement)).toMatchObject({
            sealed: 0,
            pending: 0,
            ...(end === "delivered" && round === 1 && { repeated: 3 }),
          });
          await expectEmptied(session);
        }
        moveClock(3600);
        await runDurableObjectAlarm(session.stub());
        await expectEmptied(session);
        await runInDurableObject(session.stub(), (_object, state) => state.storage.deleteAll());
      }
    },
  );

  it("says that a lease granted before an eviction may be under way", async () => {
    const session = newSession();
    await sendTurn(session);
    await session.stub().lease({ maxBytes: 1_000_000 });
    await evictDurableObject(session.stub());
    expect(await session.stub().deleteSession()).toMatchObject({ pending: 0, inFlight: 3 });
  });

  it("tells a consumer that comes for an earlier claim nothing", async () => {
    const session = await holding();
    await session.stub().deleteSession();
    const result = await consumeClaims(claimOf(session), claimOf(session));
    expect(result).toMatchObject({ outcome: "ok", ackAll: true });
    expect((await received()).spans).toEqual([]);
  });

  it("can be deleted again: nothing is left to tell, and the day begins anew", async () => {
    const session = await holding();
    const { until } = await session.stub().deleteSession();
    moveClock(3600);
    const again = await session.stub().deleteSession();
    expect(again).toEqual({ object: session.id.toString(), ...NOTHING, until: until + 3_600_000 });
    await expectEmptied(session);
  });

  it("may be one that nobody has written to yet: it is kept from beginning", async () => {
    const session = newSession();
    expect(await session.stub().deleteSession()).toMatchObject(NOTHING);
    expect(await session.stub().append(request(steps().slice(0, 1)))).toMatchObject({
      results: [DELETED],
    });
    await expectEmptied(session);
    expect(await alarmOf(session)).toBe(Date.now() + MEMORY_MS);
  });

  it("deletes itself after its time, however often its page came, and works again", async () => {
    const session = await holding();
    const before = request(steps(), 50);
    moveClock(1);
    await session.stub().deleteSession();
    moveClock(DELETED_MS / 1000 - 10);
    await session.stub().append(request(steps(), 50));
    moveClock((MEMORY_MS - DELETED_MS) / 1000);
    // Its day is over; what was made before it does not come back.
    const { results } = await session.stub().append(before);
    expect(results[0]).toMatchObject({ code: "too_old" });
    await runDurableObjectAlarm(session.stub());
    expect(await storedIn(session)).toHaveLength(1);
    moveClock(20);
    await runDurableObjectAlarm(session.stub());
    expect([await storedIn(session), await alarmOf(session)]).toEqual([[], null]);

    await sendTurn(session, 1, "ui2-after");
    await evictDurableObject(session.stub());
    moveClock(AFTER_EVICTION);
    await consumeClaims(claimOf(session));
    const { spans, findings } = await received();
    expect([spans.length, findings]).toEqual([3, []]);
  });

  it("works again after its day also where its alarm is late", async () => {
    const session = await holding();
    await session.stub().deleteSession();
    moveClock(DELETED_MS / 1000);
    await sendTurn(session, 1, "ui2-after");
    await runDurableObjectAlarm(session.stub());
    await evictDurableObject(session.stub());
    moveClock(AFTER_EVICTION);
    await consumeClaims(claimOf(session));
    expect((await received()).spans).toHaveLength(3);
  });
});
