// Dead letters of a real object, and the real ledger that knows of them: over evictions, a ledger that fails, an
// operator's decision, and time.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { balanceOf } from "../../../src/protocol/books/figures.ts";
import { ledgerName } from "../../../src/protocol/books/ledger-name.ts";
import type { LedgerCalls } from "../../../src/protocol/books/ledger-calls.ts";
import { DEAD_LETTER_MS, MEMORY_MS } from "../../../src/session/bounds.ts";
import {
  AFTER_EVICTION,
  claimOf,
  consumeClaims,
  eachOnItsOwn,
  moveClock,
  newSession,
  PROJECT,
  received,
  sendTurn,
  type TestSession,
  eventually,
} from "../support.ts";

eachOnItsOwn();

const ledger = () => env.HEALTH.get(env.HEALTH.idFromName(ledgerName(PROJECT)));
const indexed = async () => (await ledger().deadLetters({ limit: 99 })).letters;
const totals = async () => (await ledger().books({})).totals;
const alarmOf = (session: TestSession): Promise<number | null> =>
  runInDurableObject(session.stub(), (_object, { storage }) => storage.getAlarm());
const letterKeys = (session: TestSession): Promise<string[]> =>
  runInDurableObject(session.stub(), (_object, { storage }) =>
    Array.from(storage.kv.list({ prefix: "dead/" }), ([key]) => key),
  );

/** A turn of three records, six actions, all of it dead. */
async function die(session: TestSession, firstSeq = 1, raw?: string): Promise<void> {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  await sendTurn(session, firstSeq, raw);
  const { lease } = await session.stub().lease({ maxBytes: 1_000_000 });
  const dead = (lease?.records ?? []).map(({ ordinal }) => {
    return { ordinal, reason: "refused", message: "not to my taste" };
  });
  expect(dead).toHaveLength(3);
  await session.stub().settle({ lease: lease?.id ?? 0, delivered: [], dead });
}

/** The ledger throws until the mock is restored. */
const breakLedger = () =>
  runInDurableObject(ledger(), (object) => {
    const calls = Object.getPrototypeOf(object) as LedgerCalls;
    return vi.spyOn(calls, "announce").mockRejectedValue(new Error("the ledger is ill"));
  });

describe("a dead letter", () => {
  it("is in the index, in the log and in the object, also after an eviction", async () => {
    const session = newSession();
    const warn = vi.spyOn(console, "warn");
    await die(session);
    const object = session.id.toString();
    const line = {
      event: "dead_letter",
      object,
      id: `${object}.1`,
      kind: "observation",
      reason: "refused",
      message: "not to my taste",
    };
    expect(warn.mock.calls.map(([text]) => JSON.parse(String(text)) as unknown)).toContainEqual(
      line,
    );
    await eventually(async () => expect(await indexed()).toHaveLength(3));
    expect(await indexed()).toMatchObject(
      [1, 2, 4].map((ordinal) => ({ object, ordinal, deaths: 1 })),
    );
    expect(await totals()).toEqual({ accepted: 6, dead: 6 });
    await evictDurableObject(session.stub());
    await evictDurableObject(ledger());
    expect(await indexed()).toHaveLength(3);
    const letters = await session.stub().deadLetters({ project: PROJECT, ordinals: [2] });
    expect(letters).toMatchObject([{ ordinal: 2, record: { name: "ui" }, earlier: [] }]);
    expect(await session.stub().deadLetters({ project: "pk-other" })).toEqual([]);
  });

  it("is replayed through the outbox, and the books balance", async () => {
    const session = newSession();
    await die(session);
    await evictDurableObject(session.stub());
    moveClock(AFTER_EVICTION);
    const answer = await session.stub().replayDeadLetters({ project: PROJECT });
    expect(answer).toEqual({ ordinals: [1, 2, 4], left: 0 });
    await consumeClaims(claimOf(session));
    expect((await received()).spans).toHaveLength(3);
    await eventually(async () => expect(await indexed()).toEqual([]));
    expect(await totals()).toEqual({ accepted: 6, delivered: 6 });
    expect(await letterKeys(session)).toEqual([]);
    await runInDurableObject(session.stub(), (_object, { storage }) => {
      expect([...storage.kv.list()]).toHaveLength(1);
    });
  });

  it("is dropped when its time is over, though nobody came, and then the object is gone", async () => {
    const session = newSession();
    await die(session);
    moveClock(3_600);
    await die(session, 7, "ui2-later");
    await eventually(async () => expect(await indexed()).toHaveLength(6));
    await eventually(async () => {
      const at = (await alarmOf(session)) ?? 0;
      expect(Math.abs(at - (Date.now() - 3_600_000 - 2_000 + DEAD_LETTER_MS))).toBeLessThan(3_000);
    });
    await evictDurableObject(session.stub());
    moveClock(DEAD_LETTER_MS / 1000 - 3_600);
    await runDurableObjectAlarm(session.stub());
    await eventually(async () => expect(await indexed()).toHaveLength(3));
    expect(await totals()).toEqual({ accepted: 12, dead: 6, "dropped:expired": 6 });
    moveClock(3_600);
    await runDurableObjectAlarm(session.stub());
    await eventually(async () => expect(await indexed()).toEqual([]));
    expect(await totals()).toEqual({ accepted: 12, "dropped:expired": 12 });
    await eventually(async () => {
      await runDurableObjectAlarm(session.stub());
      const left = await runInDurableObject(session.stub(), (_object, { storage }) => [
        ...storage.kv.list(),
      ]);
      expect(left).toEqual([]);
    });
  });

  it("that an operator gives up is gone from everywhere, counted", async () => {
    const session = newSession();
    await die(session);
    const selection = { project: PROJECT, ordinals: [2, 99] };
    expect(await session.stub().dropDeadLetters(selection)).toEqual({ ordinals: [2], left: 0 });
    await eventually(async () => expect(await indexed()).toHaveLength(2));
    expect(await totals()).toEqual({ accepted: 6, dead: 4, "dropped:deleted": 2 });
    expect(await letterKeys(session)).toHaveLength(2);
  });

  it("goes with its session, also from the index", async () => {
    const session = newSession();
    await die(session);
    await eventually(async () => expect(await indexed()).toHaveLength(3));
    expect(await session.stub().deleteSession()).toMatchObject({ dead: 3 });
    expect(await letterKeys(session)).toEqual([]);
    await eventually(async () => expect(await indexed()).toEqual([]));
    expect(await totals()).toEqual({ accepted: 6, "dropped:forgotten": 6 });
  });
});

describe("a ledger that fails", () => {
  it("holds up nobody, and is told again by the alarm until it knows", async () => {
    const session = newSession();
    const broken = await breakLedger();
    await die(session);
    await eventually(() => expect(broken).toHaveBeenCalledTimes(1));
    expect(await indexed()).toEqual([]);
    // It lost its memory of this: only the journal knows that it is to be told.
    await evictDurableObject(session.stub());
    moveClock(60);
    await runDurableObjectAlarm(session.stub());
    expect(await indexed()).toEqual([]);
    broken.mockRestore();
    const at = await alarmOf(session);
    expect(at).not.toBeNull();
    moveClock(((at ?? 0) - Date.now()) / 1000 + 1);
    await runDurableObjectAlarm(session.stub());
    await eventually(async () => expect(await indexed()).toHaveLength(3));
    await eventually(async () =>
      expect(((await alarmOf(session)) ?? 0) - Date.now()).toBeGreaterThan(MEMORY_MS),
    );
  });

  it("keeps an object whose time is over another day, and no longer", async () => {
    const session = newSession();
    await breakLedger();
    await die(session);
    moveClock(DEAD_LETTER_MS / 1000);
    await runDurableObjectAlarm(session.stub());
    const stored = () =>
      runInDurableObject(session.stub(), (_object, { storage }) => [...storage.kv.list()].length);
    expect(await stored()).toBe(1);
    moveClock(MEMORY_MS / 1000);
    await runDurableObjectAlarm(session.stub());
    expect(await stored()).toBe(0);
  });

  it("that lost its index hears of a letter when somebody looks at the object", async () => {
    const session = newSession();
    await die(session);
    await eventually(async () => expect(await indexed()).toHaveLength(3));
    await runInDurableObject(ledger(), (_object, { storage }) => storage.deleteAll());
    await evictDurableObject(ledger());
    expect(await indexed()).toEqual([]);
    expect(await session.stub().deadLetters({ project: PROJECT })).toHaveLength(3);
    await eventually(async () => expect(await indexed()).toHaveLength(3));
  });
});

it("reports what waits and what nobody comes for", async () => {
  const session = newSession();
  await sendTurn(session);
  expect(await totals()).toEqual({});
  moveClock(301);
  await runDurableObjectAlarm(session.stub());
  await eventually(async () => expect(await totals()).toEqual({ accepted: 6, pending: 6 }));
  const { pendingSince } = await ledger().books({});
  expect(pendingSince).toBeDefined();
  moveClock(40);
  await consumeClaims(claimOf(session));
  expect(await totals()).toEqual({ accepted: 6, delivered: 6 });
  expect(balanceOf(await totals())).toBe(0);
});
