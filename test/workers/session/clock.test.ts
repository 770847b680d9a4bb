// The edge's clock steps back while a session has work: its deadlines go on, at no less than half their pace.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { LEASE_MS, MEMORY_MS } from "../../../src/session/bounds.ts";
import {
  AFTER_EVICTION,
  eachOnItsOwn,
  moveClock,
  newSession,
  request,
  spanChange,
  type TestSession,
  traceChange,
  turnSteps,
} from "../support.ts";

eachOnItsOwn();

/** Seconds. */
const STEP = 20 * 60;
const lend = (session: TestSession) => session.stub().lease({ maxBytes: 1_000_000 });
const countsOf = async (session: TestSession) => {
  const { pending, sealed } = await session.stub().pending();
  return { pending, sealed };
};
const alarmIn = async (session: TestSession): Promise<number> => {
  const at = await runInDurableObject(session.stub(), (_object, { storage }) => storage.getAlarm());
  return ((at ?? Number.NaN) - Date.now()) / 1000;
};

for (const evicted of [false, true]) {
  const comes = async (session: TestSession): Promise<void> => {
    if (evicted) await evictDurableObject(session.stub());
  };
  const name = evicted ? ", in an instance that comes later" : "";

  it(`seals and lends what ends after a step back${name}`, async () => {
    const session = newSession();
    await session.stub().append(request(turnSteps().slice(0, 4)));
    moveClock(-STEP);
    await comes(session);
    await session.stub().append(request(turnSteps().slice(4), 5));
    await comes(session);
    moveClock(evicted ? 2 * AFTER_EVICTION : 2);
    const { lease } = await lend(session);
    expect(lease?.records).toHaveLength(3);
  });

  it(`tries again after a failure${name}`, async () => {
    const session = newSession();
    await session.stub().append(request(turnSteps()));
    moveClock(evicted ? 60 : 2);
    const { lease } = await lend(session);
    const retry = { reason: "unavailable" as const };
    await session.stub().settle({ lease: lease?.id ?? 0, delivered: [], dead: [], retry });
    moveClock(-STEP);
    await comes(session);
    expect((await lend(session)).lease).toBeUndefined();
    moveClock(evicted ? 70 : 4);
    await comes(session);
    expect((await lend(session)).lease?.records).toHaveLength(3);
  });

  it(`takes the records back from a consumer that died${name}`, async () => {
    const session = newSession();
    await session.stub().append(request(turnSteps()));
    moveClock(60);
    await comes(session);
    expect((await lend(session)).lease?.records).toHaveLength(3);
    moveClock(-STEP);
    await comes(session);
    expect(await lend(session)).toEqual({ reason: "leased" });
    moveClock((2 * LEASE_MS) / 1000);
    await comes(session);
    expect((await lend(session)).lease?.records).toHaveLength(3);
  });

  it(`closes what nobody ended${name}`, async () => {
    const session = newSession();
    await session.stub().append(request([traceChange("create"), spanChange("create", "ui")]));
    moveClock(-STEP);
    await session.stub().append(request([spanChange("update", "ui")], 3));
    let waited = 0;
    while ((await countsOf(session)).sealed === 0) {
      await comes(session);
      const seconds = Math.max(await alarmIn(session), 1);
      moveClock(seconds);
      waited += seconds;
      await runDurableObjectAlarm(session.stub());
    }
    expect(waited).toBeGreaterThanOrEqual(30 * 60);
    expect(waited).toBeLessThanOrEqual(60 * 60 + 1);
  });
}

it("is on the clock again after twice the step", async () => {
  const session = newSession();
  await session.stub().append(request(turnSteps()));
  moveClock(-STEP);
  await session.stub().append(request(turnSteps("ui2-second"), 7));
  moveClock(2 * STEP);
  await session.stub().append(request(turnSteps("ui2-third"), 13));
  moveClock(2);
  const { lease } = await lend(session);
  const ends = lease?.records.map((record) => ("endTime" in record ? record.endTime : 0)) ?? [];
  expect(ends).toHaveLength(9);
  expect(Math.max(...ends)).toBeLessThanOrEqual(Date.now());
});

it("deletes itself when its memory is over", async () => {
  const session = newSession();
  await session.stub().append(request(turnSteps()));
  moveClock(-STEP);
  // The step is noticed with the first call after it.
  expect(await lend(session)).toEqual({ reason: "empty" });
  moveClock(60);
  const { lease } = await lend(session);
  const delivered = lease?.records.map(({ ordinal }) => ordinal) ?? [];
  await session.stub().settle({ lease: lease?.id ?? 0, delivered, dead: [] });
  for (let waited = 0; waited <= MEMORY_MS / 1000 + 2 * STEP;) {
    const seconds = Math.max(await alarmIn(session), 1);
    if (Number.isNaN(seconds)) break;
    moveClock(seconds);
    waited += seconds;
    await runDurableObjectAlarm(session.stub());
  }
  expect(await alarmIn(session)).toBeNaN();
});
