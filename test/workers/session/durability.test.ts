import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { isObservationRecord } from "../../../src/protocol/record.ts";
import { MEMORY_MS } from "../../../src/session/bounds.ts";
import {
  AFTER_EVICTION,
  claimOf,
  consumeClaims,
  moveClock,
  newSession,
  received,
  request,
  sendTurn,
  turnSteps,
  eachOnItsOwn,
} from "../support.ts";

eachOnItsOwn();

const TURN = ["trace x1", "ui x1", "call x1"];

describe("a session object", () => {
  it("keeps every step of a turn through an eviction after each", async () => {
    const session = newSession();
    for (const [index, step] of turnSteps().entries()) {
      await session.stub().append(request([step], index + 1));
      await evictDurableObject(session.stub());
    }
    moveClock(AFTER_EVICTION);
    await consumeClaims(claimOf(session));
    const { spans, findings } = await received();
    expect(spans.sort()).toEqual(TURN.toSorted());
    expect(findings).toEqual([]);
    expect(await session.stub().pending()).toEqual({ pending: 0, sealed: 0 });
  });

  it("is not leased twice when it is evicted during a lease", async () => {
    const session = newSession();
    await sendTurn(session);
    const first = await session.stub().lease({ maxBytes: 1_000_000 });
    expect(first.lease?.records).toHaveLength(3);
    await evictDurableObject(session.stub());
    expect(await session.stub().lease({ maxBytes: 1_000_000 })).toEqual({ reason: "leased" });
    moveClock(121);
    const again = await session.stub().lease({ maxBytes: 1_000_000 });
    // No consumer settled: the same records once more, byte for byte.
    expect(JSON.stringify(again.lease?.records)).toBe(JSON.stringify(first.lease?.records));
  });

  it("sends the same bytes after a crash, whatever has come in since", async () => {
    const session = newSession();
    await sendTurn(session);
    const first = await session.stub().lease({ maxBytes: 1_000_000 });
    await session.stub().append(request(turnSteps("ui2-second"), 7));
    await evictDurableObject(session.stub());
    moveClock(200);
    const again = await session.stub().lease({ maxBytes: 1_000_000 });
    expect(JSON.stringify(again.lease?.records.slice(0, 3))).toBe(
      JSON.stringify(first.lease?.records),
    );
    expect(again.lease?.records).toHaveLength(6);
  });

  it("does not deliver again what was settled just before an eviction", async () => {
    const session = newSession();
    await sendTurn(session);
    const { lease } = await session.stub().lease({ maxBytes: 1_000_000 });
    const delivered = lease?.records.map(({ ordinal }) => ordinal) ?? [];
    await session.stub().settle({ lease: lease?.id ?? 0, delivered, dead: [] });
    await evictDurableObject(session.stub());
    moveClock(300);
    expect(await session.stub().lease({ maxBytes: 1_000_000 })).toEqual({ reason: "empty" });
  });

  it("takes no client's clock for wrong since an eviction has put its own time ahead", async () => {
    const session = newSession();
    await sendTurn(session);
    const { lease } = await session.stub().lease({ maxBytes: 1_000_000 });
    const retry = { reason: "rate_limited" as const, afterMs: 9_000 };
    await session.stub().settle({ lease: lease?.id ?? 0, delivered: [], dead: [], retry });
    // The claim for the retry has reserved a lease that may be granted until then, with no word in the journal.
    await evictDurableObject(session.stub());
    const sent = { ...request(turnSteps("ui2-new")), clientId: "new tab", sentAt: Date.now() };
    await session.stub().append(sent);
    moveClock(200);
    const records = (await session.stub().lease({ maxBytes: 1_000_000 })).lease?.records ?? [];
    expect(records).toHaveLength(6);
    expect(JSON.stringify(records)).not.toContain("clock corrected");
  });

  it("splits a request larger than a row, and has it whole after an eviction", async () => {
    const session = newSession();
    const [create, ...rest] = turnSteps();
    const output = "ü€😀".repeat(700_000);
    if (create === undefined) throw new Error("a turn begins with its trace");
    await session.stub().append(request([{ ...create, fields: { output } }, ...rest]));
    await evictDurableObject(session.stub());
    moveClock(AFTER_EVICTION);
    const { lease } = await session.stub().lease({ maxBytes: 1 });
    const [root] = lease?.records ?? [];
    expect(root && isObservationRecord(root) && root.fields.output === output).toBe(true);
  });

  it("deletes itself a day after it fell silent, and works again if someone returns", async () => {
    const session = newSession();
    await sendTurn(session);
    await consumeClaims(claimOf(session));
    const keys = () =>
      runInDurableObject(session.stub(), (_object, state) => [...state.storage.kv.list()].length);
    expect(await keys()).toBe(1);
    moveClock(MEMORY_MS / 1000 - 10);
    await runDurableObjectAlarm(session.stub());
    expect(await keys()).toBe(1);
    moveClock(20);
    await runDurableObjectAlarm(session.stub());
    expect(await keys()).toBe(0);
    const alarm = await runInDurableObject(session.stub(), (_object, state) =>
      state.storage.getAlarm(),
    );
    expect(alarm).toBeNull();

    // The same live instance, and then a cold one.
    // Its numbers go on where they were: the edge waits a moment for those before, then no more.
    await sendTurn(session, 50, "ui2-after-expiry");
    await evictDurableObject(session.stub());
    moveClock(AFTER_EVICTION);
    await consumeClaims(claimOf(session));
    const { spans, findings } = await received();
    expect(spans.toSorted()).toEqual([...TURN, ...TURN].toSorted());
    expect(findings).toEqual([]);
  });

  it("leaves nothing of a delivered turn's payload in its storage", async () => {
    const session = newSession();
    const [create, ...rest] = turnSteps();
    if (create === undefined) throw new Error("a turn begins with its trace");
    await session.stub().append(request([{ ...create, fields: { input: "my secret" } }, ...rest]));
    moveClock(2);
    await consumeClaims(claimOf(session));
    const stored = await runInDurableObject(session.stub(), (_object, state) =>
      JSON.stringify([...state.storage.kv.list()]),
    );
    expect(stored).not.toContain("my secret");
  });
});
