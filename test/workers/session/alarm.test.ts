// A session object with its alarm and its queue, and where these fail.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import {
  claimOf,
  eachOnItsOwn,
  moveClock,
  newSession,
  request,
  spanChange,
  type TestSession,
  turnSteps,
} from "../support.ts";
import { startBill } from "./bill.ts";

eachOnItsOwn();

const alarmIn = async (session: TestSession): Promise<number> => {
  const at = await runInDurableObject(session.stub(), (_object, state) => state.storage.getAlarm());
  return ((at ?? Number.NaN) - Date.now()) / 1000;
};
/** Messages to the queue, which takes them and forgets them. */
const messages = () => vi.spyOn(env.CLAIMS, "send").mockImplementation(async () => TAKEN);
const TAKEN = { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };

it("sets an alarm that is set already not once more, nor after an eviction", async () => {
  const bill = await startBill();
  const session = newSession();
  await session.stub().append(request(turnSteps().slice(0, 2)));
  expect(bill.alarms).toBe(1);
  moveClock(1);
  await session.stub().append(request([spanChange("update", "ui")], 3));
  await evictDurableObject(session.stub());
  moveClock(1);
  await session.stub().append(request([spanChange("update", "ui")], 4));
  expect(bill.alarms).toBe(1);
  expect(await alarmIn(session)).toBe(34);
  // It is there for a claim that may come; when none has, it is set to what is due: the ledger hears of what is open
  // after five minutes of silence, and half an hour after its last sign of life it is closed.
  moveClock(34);
  expect(await runDurableObjectAlarm(session.stub())).toBe(true);
  expect(await alarmIn(session)).toBe(266);
  moveClock(266);
  expect(await runDurableObjectAlarm(session.stub())).toBe(true);
  expect(await alarmIn(session)).toBe(1_500);
});

it("waits for the claim that it sent, with no other", async () => {
  const session = newSession();
  const send = messages();
  const { reservation: _none, ...answer } = await session.stub().append(request(turnSteps()));
  expect(answer).not.toHaveProperty("claimAt");
  const claim = { ...claimOf(session), reservations: [1] };
  expect(send.mock.calls).toEqual([[claim, { delaySeconds: 1 }]]);
  expect(await alarmIn(session)).toBe(36);
  moveClock(35);
  await session.stub().append(request(turnSteps("ui2-other"), 7));
  expect(send).toHaveBeenCalledTimes(1);
  moveClock(1);
  expect(await runDurableObjectAlarm(session.stub())).toBe(true);
  expect(send).toHaveBeenCalledTimes(2);
});

it("claims for itself what is due in more than a second, even for a caller that batches claims", async () => {
  const session = newSession();
  const send = messages();
  await session.stub().append(request(turnSteps().slice(0, 3)));
  moveClock(58);
  const later = { ...request([spanChange("update", "x")], 4), batchesClaims: true as const };
  expect(await session.stub().append(later)).not.toHaveProperty("claimAt");
  expect(send.mock.calls.map(([, options]) => options)).toEqual([{ delaySeconds: 2 }]);
});

it("tries again after half a minute where the queue takes no claim", async () => {
  const session = newSession();
  const send = messages().mockRejectedValue(new Error("over the day's limit"));
  await session.stub().append(request(turnSteps()));
  expect(send).toHaveBeenCalledTimes(1);
  expect(await alarmIn(session)).toBe(30);
  moveClock(29);
  await session.stub().append(request([spanChange("create", "more")], 7));
  expect(send).toHaveBeenCalledTimes(1);
  moveClock(1);
  send.mockImplementation(async () => TAKEN);
  expect(await runDurableObjectAlarm(session.stub())).toBe(true);
  expect(send).toHaveBeenCalledTimes(2);
  // The alarm waits for this one as for any other.
  expect(await alarmIn(session)).toBe(35);
});

it("sets its alarm anew though the queue hangs", async () => {
  const session = newSession();
  const send = messages().mockImplementation(() => new Promise(() => undefined));
  await session.stub().append(request(turnSteps()));
  moveClock(36);
  expect(await runDurableObjectAlarm(session.stub())).toBe(true);
  expect(send).toHaveBeenCalledTimes(2);
  expect(await alarmIn(session)).toBe(35);
  // Nor does anything else wait for the queue.
  moveClock(35);
  expect(await runDurableObjectAlarm(session.stub())).toBe(true);
  expect(send).toHaveBeenCalledTimes(3);
  const { lease } = await session.stub().lease({ maxBytes: 1_000_000 });
  expect(lease?.records).toHaveLength(3);
});
