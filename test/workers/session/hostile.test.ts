import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import type { Change } from "../../../src/protocol/change.ts";
import {
  AFTER_EVICTION,
  moveClock,
  newSession,
  request,
  sendTurn,
  spanChange,
  type TestSession,
  turnSteps,
  eachOnItsOwn,
} from "../support.ts";

eachOnItsOwn();

const journalOf = (session: TestSession): Promise<string> =>
  runInDurableObject(session.stub(), (_object, state) =>
    [...state.storage.kv.list<string>()].map(([, chunk]) => chunk).join(""),
  );

async function deliverAll(session: TestSession): Promise<number> {
  const { lease } = await session.stub().lease({ maxBytes: 8_000_000 });
  const delivered = lease?.records.map(({ ordinal }) => ordinal) ?? [];
  await session.stub().settle({ lease: lease?.id ?? 0, delivered, dead: [] });
  return delivered.length;
}

describe("a session object", () => {
  it("has the same records after an eviction, also where the clock went back in between", async () => {
    const session = newSession();
    await session.stub().append(request(turnSteps()));
    moveClock(1);
    // Seals in memory; nothing is written.
    await runDurableObjectAlarm(session.stub());
    moveClock(-1);
    const late = spanChange("update", "ui");
    await session.stub().append(request([{ ...late, fields: { output: "late" } }], 7));
    moveClock(AFTER_EVICTION);
    const live = await session.stub().pending();
    await evictDurableObject(session.stub());
    const cold = await session.stub().lease({ maxBytes: 1_000_000 });
    expect(cold.lease?.records.map(({ ordinal }) => ordinal)).toHaveLength(live.pending);
  });

  it("does not rewrite its memory for the first action after each eviction", async () => {
    const session = newSession();
    for (let turn = 0; turn < 100; turn += 1) {
      await sendTurn(session, 1 + turn * 6, `ui2-${turn}`);
      await deliverAll(session);
    }
    const counts: number[] = [];
    for (let turn = 100; turn < 103; turn += 1) {
      await evictDurableObject(session.stub());
      await sendTurn(session, 1 + turn * 6, `ui2-${turn}`);
      await deliverAll(session);
      const lines = (await journalOf(session)).trimEnd().split("\n");
      counts.push(lines.length);
    }
    // Entries are appended: the journal is not one fresh snapshot every time.
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(Math.min(...counts)).toBeGreaterThan(2);
  });

  it("says so where it is told of records that it does not know", async () => {
    const session = newSession();
    await sendTurn(session);
    const { lease } = await session.stub().lease({ maxBytes: 8_000_000 });
    const log = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const delivered = lease?.records.map(({ ordinal }) => ordinal) ?? [];
    const settlement = { lease: lease?.id ?? 0, dead: [] };
    await session.stub().settle({ ...settlement, delivered });
    expect(log).not.toHaveBeenCalled();
    // The same once more, and one that never was.
    await session.stub().settle({ ...settlement, delivered: [...delivered, 99] });
    const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)) as unknown);
    expect(lines).toMatchObject([
      { event: "settle_repeated", records: 3 },
      { event: "settle_unknown", records: 1 },
    ]);
  });

  it("can lease whatever it accepted", async () => {
    const session = newSession();
    const [create, ...rest] = turnSteps();
    if (create === undefined) throw new Error("a turn begins with its trace");
    const text = `${"x".repeat(3_900_000)}€`;
    const fields = ["input", "output", "statusMessage", "modelParameters", "usageDetails"] as const;
    let seq = 1;
    for (const name of fields) {
      const change: Change = {
        ...create,
        op: seq === 1 ? "create" : "update",
        fields: { [name]: text },
      };
      await session.stub().append(request([change], seq));
      seq += 1;
    }
    await session.stub().append(request(rest, seq));
    moveClock(2);
    const answer = await session.stub().lease({ maxBytes: 1_000_000 }).catch(String);
    expect(answer).toHaveProperty("lease");
  });
});
