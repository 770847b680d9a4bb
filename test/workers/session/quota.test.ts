import { evictDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { SESSION_ACTIONS_PER_MINUTE } from "../../../src/protocol/limits.ts";
import {
  moveClock,
  newSession,
  request,
  spanChange,
  traceChange,
  eachOnItsOwn,
} from "../support.ts";
import { startBill } from "./bill.ts";

eachOnItsOwn();

const BATCH = 1_000;

it("stays used through an eviction, costs nothing to refuse, and runs off", async () => {
  const session = newSession();
  const one = spanChange("update", "chunks");
  for (let sent = 0; sent < SESSION_ACTIONS_PER_MINUTE; sent += BATCH) {
    const batch = request(
      Array.from({ length: BATCH }, () => one),
      1 + sent,
    );
    const { results } = await session.stub().append(batch);
    expect(results.every(({ status }) => status === "accepted")).toBe(true);
  }
  await evictDurableObject(session.stub());
  const bill = await startBill();
  const next = request([traceChange("create")], SESSION_ACTIONS_PER_MINUTE + 1);
  const { results } = await session.stub().append(next);
  expect(results).toEqual([
    {
      status: "refused",
      code: "quota_exceeded",
      message: expect.stringContaining("a minute"),
      retryAfter: expect.any(Number),
    },
  ]);
  expect(bill).toMatchObject({ rows: 0, alarms: 0, messages: 0 });
  // Another session is another one's quota.
  const neighbour = await newSession()
    .stub()
    .append(request([traceChange("create", "ui2-n")]));
  expect(neighbour.results).toEqual([{ status: "accepted" }]);
  const [refused] = results;
  moveClock((refused?.status === "refused" && refused.retryAfter) || 0);
  expect((await session.stub().append(next)).results).toEqual([{ status: "accepted" }]);
});

it("leaves nothing of a session whose only request was refused", async () => {
  const session = newSession();
  const tooOld = { ...request([traceChange("create")]), sentAt: Date.now() };
  for (const action of tooOld.actions) action.at = Date.now() - 48 * 3_600_000;
  const bill = await startBill();
  const { results } = await session.stub().append(tooOld);
  expect(results).toMatchObject([{ status: "refused", code: "too_old" }]);
  expect(bill).toMatchObject({ rows: 0, alarms: 0 });
});
