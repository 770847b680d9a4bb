// An object with work has an alarm again, whatever failed: the platform gives an alarm up that threw seven times, in
// two minutes, and nothing else wakes an object that nobody writes to.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import { MEMORY_MS } from "../../../src/session/bounds.ts";
import {
  eachOnItsOwn,
  moveClock,
  newSession,
  PROJECT,
  request,
  spanChange,
  type TestSession,
  traceChange,
  turnSteps,
} from "../support.ts";

eachOnItsOwn();

const alarmIn = async (session: TestSession): Promise<number> => {
  const at = await runInDurableObject(session.stub(), (_object, { storage }) => storage.getAlarm());
  return ((at ?? Number.NaN) - Date.now()) / 1000;
};
const RETRY = { isRetry: true, retryCount: 6, scheduledTime: 0 };

/** A turn whose records wait. */
async function waiting(): Promise<TestSession> {
  vi.spyOn(env.CLAIMS, "send").mockResolvedValue({
    metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } },
  });
  const session = newSession();
  await session.stub().append(request(turnSteps()));
  return session;
}

/** From now on no object of this isolate can read its storage. */
async function failReads(session: TestSession): Promise<{ mockRestore: () => void }> {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  return runInDurableObject(session.stub(), (_object, { storage }) =>
    vi.spyOn(Object.getPrototypeOf(storage.kv) as SyncKvStorage, "list").mockImplementation(() => {
      throw new Error("the storage failed");
    }),
  );
}

it("wakes again after an alarm that met a storage that can't be read, and goes on", async () => {
  const session = await waiting();
  const reads = await failReads(session);
  await evictDurableObject(session.stub());
  for (let minutes = 0; minutes < 10; minutes += 1) {
    moveClock(60);
    expect(await runDurableObjectAlarm(session.stub())).toBe(true);
    expect(await alarmIn(session)).toBe(60);
  }
  reads.mockRestore();
  moveClock(60);
  expect(await runDurableObjectAlarm(session.stub())).toBe(true);
  const { lease } = await session.stub().lease({ maxBytes: 1_000_000 });
  expect(lease?.records).toHaveLength(3);
});

it("says what failed to a call that meets it, sets its alarm again, and serves the next call", async () => {
  const session = await waiting();
  const reads = await failReads(session);
  await evictDurableObject(session.stub());
  // The platform has given the alarm up.
  await runInDurableObject(session.stub(), (_object, { storage }) => storage.deleteAlarm());
  await evictDurableObject(session.stub());
  const lend = () => session.stub().lease({ maxBytes: 1_000_000 });
  expect(await lend().catch(String)).toContain("the storage failed");
  expect(await session.stub().pending().catch(String)).toContain("the storage failed");
  expect(await alarmIn(session)).toBe(60);
  reads.mockRestore();
  moveClock(60);
  expect((await lend()).lease?.records).toHaveLength(3);
});

const ASKS: Record<string, (stub: ReturnType<TestSession["stub"]>) => Promise<unknown>> = {
  append: (stub) => stub.append(request([])),
  pending: (stub) => stub.pending(),
  watched: (stub) => stub.watched(Date.now() + 1_000),
  lease: (stub) => stub.lease({ maxBytes: 1 }),
  findTraces: (stub) => stub.findTraces(["x"]),
  deadLetters: (stub) => stub.deadLetters({ project: PROJECT }),
  heldTraces: (stub) => stub.heldTraces(),
};
it.each(Object.keys(ASKS))("has an alarm again after a call of %s", async (name) => {
  const session = await waiting();
  await runInDurableObject(session.stub(), (_object, { storage }) => storage.deleteAlarm());
  await evictDurableObject(session.stub());
  moveClock(300);
  await ASKS[name]?.(session.stub());
  expect(await alarmIn(session)).not.toBeNaN();
});

it("has another alarm before its work, where one failed or ended its instance", async () => {
  const session = await waiting();
  await evictDurableObject(session.stub());
  moveClock(300);
  const died = runInDurableObject(session.stub(), async (object, ctx) => {
    await ctx.storage.deleteAlarm();
    vi.spyOn(env.CLAIMS, "send").mockImplementation(() => {
      ctx.abort("out of memory");
      throw new Error("out of memory");
    });
    await object.alarm?.(RETRY);
  });
  await died.catch(() => undefined);
  expect(await alarmIn(session)).toBe(60);
});

it("has an alarm for what comes after it deleted itself in an alarm that was run again", async () => {
  const session = await waiting();
  moveClock(2);
  const { lease } = await session.stub().lease({ maxBytes: 1_000_000 });
  const delivered = lease?.records.map(({ ordinal }) => ordinal) ?? [];
  await session.stub().settle({ lease: lease?.id ?? 0, delivered, dead: [] });
  moveClock((3 * MEMORY_MS) / 1000);
  await runInDurableObject(session.stub(), async (object, { storage }) => {
    await storage.deleteAlarm();
    await object.alarm?.(RETRY);
    expect([...storage.kv.list()]).toEqual([]);
  });
  await session.stub().append(request([traceChange("create"), spanChange("create", "ui")]));
  expect(await alarmIn(session)).toBeGreaterThan(0);
});

it("leaves an alarm to the platform that it could not set itself", async () => {
  const session = await waiting();
  await evictDurableObject(session.stub());
  moveClock(300);
  const failed = runInDurableObject(session.stub(), async (object, { storage }) => {
    vi.spyOn(storage, "setAlarm").mockRejectedValue(new Error("the storage failed"));
    await object.alarm?.();
  });
  expect(await failed.catch(String)).toContain("the storage failed");
});

it("works where its alarm can't be read", async () => {
  const session = await waiting();
  await runInDurableObject(session.stub(), (_object, { storage }) => {
    const proto = Object.getPrototypeOf(storage) as DurableObjectStorage;
    vi.spyOn(proto, "getAlarm").mockRejectedValue(new Error("the storage failed"));
  });
  await evictDurableObject(session.stub());
  moveClock(300);
  expect((await session.stub().lease({ maxBytes: 1_000_000 })).lease?.records).toHaveLength(3);
});
