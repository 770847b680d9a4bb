// What a session costs in rows, counted on the platform: the largest part of a bill.
import { reset, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import {
  claimOf,
  consumeClaims,
  moveClock,
  newSession,
  request,
  spanChange,
  stopClock,
  type TestSession,
  turnSteps,
} from "../support.ts";

beforeEach(stopClock);
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

/** Journal chunks, and how many characters they hold. */
const stored = (session: TestSession): Promise<{ chunks: number; length: number }> =>
  runInDurableObject(session.stub(), (_object, state) => {
    const chunks = [...state.storage.kv.list<string>()].map(([, chunk]) => chunk);
    return { chunks: chunks.length, length: chunks.join("").length };
  });

it("writes one value a request, and one for a turn's delivery, however many turns came before", async () => {
  const session = newSession();
  for (let turn = 0; turn < 40; turn += 1) {
    const steps = turnSteps(`ui2-turn-${turn}`);
    await session.stub().append(request(steps.slice(0, 3), 1 + turn * 6));
    await session.stub().append(request(steps.slice(3), 4 + turn * 6));
    moveClock(2);
    await consumeClaims(claimOf(session));
    // What is delivered leaves the storage: one value stays, and it does not grow by payloads.
    const { chunks, length } = await stored(session);
    expect(chunks).toBe(1);
    expect(length).toBeLessThan(64 * 1024);
  }
});

it("appends: of ten thousand actions in an open session none rewrites more than its own", async () => {
  const session = newSession();
  const batch = 250;
  for (let sent = 0; sent < 10_000; sent += batch) {
    const changes = Array.from({ length: batch }, (_, index) =>
      spanChange("create", `s${sent + index}`),
    );
    const before = await stored(session);
    await session.stub().append(request(changes, 1 + sent));
    const after = await stored(session);
    // Nothing has left it: a snapshot would be no shorter.
    expect(after.length - before.length).toBeGreaterThan(0);
    expect(after.length - before.length).toBeLessThan(batch * 400);
    expect(after.chunks - before.chunks).toBeLessThanOrEqual(2);
  }
  expect(await session.stub().pending()).toEqual({ pending: 10_000, onTheirWay: 0 });
});
