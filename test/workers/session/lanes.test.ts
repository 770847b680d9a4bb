// A lane on the platform: it finds the trace of an update that names none, also after it was put out of memory,
// and what it has no room for it says that another object may take.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import type { Change } from "../../../src/protocol/change.ts";
import { DELETED_MS } from "../../../src/session/bounds.ts";
import { langfuseTraceId, traceRecordId } from "../../../src/protocol/ids.ts";
import type { AppendRequest } from "../../../src/protocol/session/append-calls.ts";
import {
  claimOf,
  consumeClaims,
  eachOnItsOwn,
  moveClock,
  newSession,
  PROJECT,
  received,
  spanChange,
  traceChange,
} from "../support.ts";

eachOnItsOwn();

let events = 0;
const batch = (...changes: Change[]): AppendRequest => ({
  project: PROJECT,
  writer: "server",
  lane: true,
  actions: changes.map((change) => ({
    id: `event-${(events += 1)}`,
    at: Date.now(),
    change: { ...change, legacy: true },
  })),
});

it("goes on after an eviction as if there had been none", async () => {
  const lane = newSession();
  const { fields = {}, ...created } = spanChange("create", "work");
  await lane.stub().append(batch({ ...created, fields: { ...fields, startTime: Date.now() } }));
  await evictDurableObject(lane.stub());
  expect(await lane.stub().findTraces(["work", "other"])).toEqual([
    "ui2-1671234567890-abc123",
    null,
  ]);
  const update = { ...spanChange("update", "work"), fields: { endTime: Date.now(), output: "so" } };
  await lane.stub().append(batch(update));
  moveClock(75);
  await consumeClaims(claimOf(lane));
  expect(await received()).toEqual({ spans: ["work x1"], findings: [] });
  expect(await lane.stub().findTraces(["work"])).toEqual([null]);
});

it("forgets one session, also of what comes later, and delivers the others", async () => {
  const lane = newSession();
  const of = (raw: string, sessionId: string): Change => ({
    ...traceChange("create", raw),
    target: traceRecordId(langfuseTraceId(raw)),
    fields: { startTime: Date.now(), input: `${sessionId} asks` },
    traceFields: { name: raw, sessionId },
  });
  await lane
    .stub()
    .append(batch(of("t1", "ada"), of("t2", "bob"), spanChange("create", "a", "t1")));
  const stored = (): Promise<string> =>
    runInDurableObject(lane.stub(), (_object, state) =>
      JSON.stringify([...state.storage.kv.list()]),
    );
  expect(await stored()).toContain("ada asks");
  await evictDurableObject(lane.stub());
  const until = Date.now() + DELETED_MS;
  const held = { actions: 2, open: 2, pending: 0, dead: 0, inFlight: 0 };
  expect(await lane.stub().forgetSession("ada")).toMatchObject({ ...held, until, left: 0 });
  expect(await stored()).not.toContain("ada");
  expect(await stored()).toContain("bob asks");
  for (const evicted of [false, true]) {
    if (evicted) await evictDurableObject(lane.stub());
    const late = batch(spanChange("create", "b", "t1"), of("t3", "ada"));
    const { results } = await lane.stub().append(late);
    expect(results).toMatchObject([{ code: "session_deleted" }, { code: "session_deleted" }]);
    // Known by the session that an earlier request named.
    const { results: after } = await lane.stub().append(batch(spanChange("create", "c", "t3")));
    expect(after).toMatchObject([{ code: "session_deleted" }]);
    const again = await lane.stub().forgetSession("ada");
    expect(again).toMatchObject({ actions: 0, open: 0, pending: 0, inFlight: 0 });
  }
  moveClock(75);
  await consumeClaims(claimOf(lane));
  expect(await received()).toEqual({ spans: ["t2 x1"], findings: [] });
});

it("that is full says so of each event, and that it has not kept it", async () => {
  const lane = newSession();
  const large = { input: "x".repeat(1_000_000), startTime: Date.now() };
  const send = (n: number) =>
    lane.stub().append(batch({ ...spanChange("create", `s${n}`), fields: large }));
  let kept = 0;
  for (; kept < 20; kept += 1) {
    const [result] = (await send(kept)).results;
    if (result?.status !== "accepted") break;
  }
  expect(kept).toBeGreaterThan(8);
  expect(kept).toBeLessThan(14);
  expect((await send(kept)).results).toEqual([
    {
      status: "refused",
      code: "session_full",
      message: "the session holds as much as it may until Langfuse has taken some of it",
      retryAfter: 5,
      elsewhere: true,
    },
  ]);
  expect(await lane.stub().pending()).toMatchObject({ pending: kept });
  await lane.stub().forgetSession("ada");
  const its = { ...spanChange("create", "its", "t9"), traceFields: { sessionId: "ada" } };
  const { results } = await lane.stub().append(batch(its, spanChange("create", "other")));
  // No other object is to take what is forgotten.
  expect(results).toMatchObject([{ code: "session_deleted" }, { code: "session_full" }]);
});
