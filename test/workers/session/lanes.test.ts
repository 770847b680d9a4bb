// A lane on the platform: it finds the trace of an update that names none, also after it was put out of memory,
// and what it has no room for it says that another object may take.
import { evictDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import type { Change } from "../../../src/protocol/change.ts";
import type { AppendRequest } from "../../../src/protocol/session-calls.ts";
import {
  claimOf,
  consumeClaims,
  eachOnItsOwn,
  moveClock,
  newSession,
  PROJECT,
  received,
  spanChange,
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
});
