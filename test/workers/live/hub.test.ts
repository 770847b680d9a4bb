// Watchers' WebSockets against the real hub and real sessions in workerd: what they are told of turns.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import type { Change } from "../../../src/protocol/change.ts";
import { type LiveTurn, MAX_UNACKNOWLEDGED } from "../../../src/protocol/live.ts";
import {
  moveClock,
  newSession,
  PROJECT,
  spanChange,
  START,
  traceChange,
  turnSteps,
  eventually,
} from "../support.ts";
import { hub, type Watch, watch, until, watched, eachWithWatchers } from "./watchers.ts";

eachWithWatchers();

describe("two watchers", () => {
  it("see a turn begin, grow and end, while it does", async () => {
    const [one, two] = [await watch(), await watch()];
    const session = newSession();
    const steps = turnSteps();
    await session.stub().append(watched(steps.slice(0, 2)));
    await until(() => one.turns().size === 1 && two.turns().size === 1);
    const [first] = one.turns().values();
    expect(first).toMatchObject({ state: "open" });
    expect(first?.observations.map(({ name }) => name)).toContain("ui");
    await session.stub().append(watched(steps.slice(2), 3));
    await until(() => [...two.turns().values()][0]?.state === "ended");
    const [last] = two.turns().values();
    expect(last?.observations.map(({ name, endTime }) => [name, endTime !== undefined])).toEqual([
      ["trace", true],
      ["ui", true],
      ["call", true],
    ]);
    await until(() => [...one.turns().values()][0]?.state === "ended");
    expect([...one.turns().values()]).toEqual([...two.turns().values()]);
    expect(one.messages[0]).toMatchObject({ type: "hello", v: 1, project: PROJECT, turns: [] });
  });

  it("one who comes later has what is open, and what ended just now", async () => {
    const first = await watch();
    const session = newSession();
    await session.stub().append(watched([traceChange("create"), spanChange("create", "ui")]));
    const ended = newSession();
    await ended.stub().append(watched(turnSteps("ui2-other")));
    await until(() => first.turns().size === 2);
    const late = await watch();
    await until(() => late.turns().size === 2);
    expect([...late.turns().values()].map(({ state }) => state).toSorted()).toEqual([
      "ended",
      "open",
    ]);
  });
});

it("with nobody watching sessions are not to tell, and nothing is kept or stored", async () => {
  expect(await hub().watched()).toEqual({ watchedUntil: 0 });
  const session = newSession();
  await session.stub().append(watched(turnSteps()));
  await runInDurableObject(hub(), (_object, { storage }) => {
    expect([...storage.kv.list()]).toEqual([]);
  });
  expect((await watch()).turns().size).toBe(0);
});

it("tells no payload that a session of another version, or of other settings, has told it", async () => {
  const one = await watch();
  const said = "what a user said";
  await hub().tell(
    [
      {
        traceId: "t",
        state: "open",
        startTime: START,
        observations: [{ id: "o", type: "span", name: "ui", startTime: START, output: said }],
        scores: [{ id: "s", name: "comment", value: said }],
      },
    ],
    0,
  );
  await until(() => one.turns().get("t")?.observations.length === 1);
  expect(one.turns().get("t")?.scores).toEqual([{ id: "s", name: "comment", value: "…" }]);
  const late = await watch();
  await until(() => late.turns().size === 1);
  expect(JSON.stringify([one.messages, late.messages])).not.toContain(said);
});

it("the last watcher takes everything along", async () => {
  const one = await watch();
  const session = newSession();
  await session.stub().append(watched([traceChange("create")]));
  await until(() => one.turns().size === 1);
  one.socket.close(1000, "enough");
  await eventually(async () => expect(await hub().watched()).toEqual({ watchedUntil: 0 }));
  await runInDurableObject(hub(), (_object, { storage }) => {
    expect([...storage.kv.list()]).toEqual([]);
  });
});

it("a watcher who reads nothing is told no more than a bounded number, then what it missed", async () => {
  const [slow, quick] = [await watch({ acks: false }), await watch()];
  const session = newSession();
  await session.stub().append(watched([traceChange("create"), spanChange("create", "ui")]));
  let seq = 3;
  for (let n = 0; n < MAX_UNACKNOWLEDGED + 4; n += 1) {
    const before = quick.messages.length;
    const progress: Change = {
      ...spanChange("update", "ui"),
      metadata: [["chunkCount", String(n)]],
    };
    await session.stub().append(watched([progress], seq));
    seq += 1;
    await until(() => quick.messages.length > before);
  }
  expect(slow.messages).toHaveLength(MAX_UNACKNOWLEDGED);
  expect(slow.messages.every(({ type }) => type !== "skipped")).toBe(true);
  slow.ack();
  await until(() => slow.messages.length > MAX_UNACKNOWLEDGED + 1);
  expect(slow.messages[MAX_UNACKNOWLEDGED]).toMatchObject({ type: "skipped" });
  const chunks = (by: Watch) =>
    [...by.turns().values()][0]?.observations.find(({ name }) => name === "ui")?.chunks;
  expect(chunks(slow)).toBe(MAX_UNACKNOWLEDGED + 3);
  expect(chunks(quick)).toBe(MAX_UNACKNOWLEDGED + 3);
});

it("an evicted hub goes on with its watchers, and knows its turns", async () => {
  const one = await watch();
  const session = newSession();
  await session.stub().append(watched([traceChange("create"), spanChange("create", "ui")]));
  await until(() => one.turns().size === 1);
  await evictDurableObject(hub());
  expect((await hub().watched()).watchedUntil).toBeGreaterThan(Date.now());
  const late = await watch();
  await until(() => late.turns().size === 1);
  moveClock(1);
  await session.stub().append(watched([spanChange("end", "ui"), traceChange("end")], 3));
  for (const by of [one, late]) {
    await until(() => [...by.turns().values()][0]?.state === "ended");
  }
  const numbers = one.messages.map(({ n }) => n);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
});

it("a code is good once, also after an eviction, and is forgotten when it would have expired", async () => {
  const expires = Date.now() + 120_000;
  expect(await hub().redeem("code-1", expires)).toBe(true);
  await evictDurableObject(hub());
  expect(await hub().redeem("code-1", expires)).toBe(false);
  moveClock(121);
  await runDurableObjectAlarm(hub());
  await runInDurableObject(hub(), (_object, { storage }) => {
    expect([...storage.kv.list()]).toEqual([]);
  });
});

it("a session that is deleted is in no hello any more", async () => {
  const one = await watch();
  const session = newSession();
  const begin: Change = { ...traceChange("create"), traceFields: { sessionId: "chat-1" } };
  await session.stub().append(watched([begin]));
  await until(() => one.turns().size === 1);
  await hub().forgetSession("chat-1");
  expect((await watch()).turns().size).toBe(0);
});

it("a thousand sessions that tell at once: what is shown is what was told, or is counted as skipped", async () => {
  const one = await watch();
  const count = 1_000;
  const ended = (n: number): LiveTurn => ({
    traceId: `trace-${n}`,
    state: "ended",
    startTime: START,
    endTime: START + n,
    observations: [],
  });
  const answers = await Promise.all(
    Array.from({ length: count }, (_, n) => hub().tell([ended(n)], 0)),
  );
  // With so much to do it asks for quiet.
  expect(Math.max(...answers.map(({ quietMs }) => quietMs))).toBeGreaterThan(0);
  const skipped = (): number =>
    one.messages.reduce((sum, one) => sum + (one.type === "skipped" ? one.changes : 0), 0);
  await until(() => one.turns().size + skipped() >= count);
  // The hub remembers half of them: those at least it has told, and what is missing was counted.
  expect(one.turns().size).toBeGreaterThanOrEqual(count / 2);
  for (const [traceId, { endTime }] of one.turns()) {
    expect(traceId).toBe(`trace-${(endTime ?? 0) - START}`);
  }
});
