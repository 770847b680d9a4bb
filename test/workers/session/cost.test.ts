// The cost of a session in rows, counted on the platform: the largest part of a bill.
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import type { LeaseRequest } from "../../../src/protocol/session/lease-calls.ts";
import { MEMORY_MS } from "../../../src/session/bounds.ts";
import {
  claimOf,
  consumeClaims,
  moveClock,
  newSession,
  request,
  spanChange,
  type TestSession,
  turnSteps,
  eachOnItsOwn,
} from "../support.ts";
import { type Bill, startBill } from "./bill.ts";

eachOnItsOwn();

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
    // Delivered records leave the storage: one value stays, and it does not grow by payloads.
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
    // A server's: a page would be over its quota.
    await session.stub().append({ ...request(changes, 1 + sent), writer: "server" });
    const after = await stored(session);
    // Nothing has left it: a snapshot would be no shorter.
    expect(after.length - before.length).toBeGreaterThan(0);
    expect(after.length - before.length).toBeLessThan(batch * 400);
    expect(after.chunks - before.chunks).toBeLessThanOrEqual(2);
  }
  expect(await session.stub().pending()).toEqual({ pending: 10_000, sealed: 0 });
});

/** Leases what was claimed and settles it, as a consumer does that Langfuse answers. */
async function deliver(session: TestSession, { reservation }: Bill): Promise<number> {
  const request: LeaseRequest = {
    maxBytes: 1_000_000,
    ...(reservation !== undefined && { reservation }),
  };
  const { lease } = await session.stub().lease(request);
  const delivered = lease?.records.map(({ ordinal }) => ordinal) ?? [];
  await session.stub().settle({ lease: lease?.id ?? 0, delivered, dead: [] });
  return delivered.length;
}

it("bills a turn of two requests, from the first one until nothing is left of it", async () => {
  const bill = await startBill();
  const session = newSession();
  const steps = turnSteps();
  await session.stub().append(request(steps.slice(0, 4)));
  moveClock(20);
  await session.stub().append(request(steps.slice(4), 5));
  moveClock(1.5);
  expect(await deliver(session, bill)).toBe(3);
  // One value a request and one for the delivery; an alarm for what may go wrong, which when nothing
  // did becomes the one that deletes; one claim.
  expect(bill).toMatchObject({ rows: 3, alarms: 2, messages: 1 });
  moveClock(MEMORY_MS / 1000);
  expect(await runDurableObjectAlarm(session.stub())).toBe(true);
  expect(bill).toMatchObject({ rows: 3, alarms: 2, messages: 1, deletions: 1, deletedRows: 1 });
  expect(await runDurableObjectAlarm(session.stub())).toBe(false);
});

it("bills a turn whose first request leaves all of it open by no more alarms", async () => {
  const bill = await startBill();
  const session = newSession();
  const steps = turnSteps();
  await session.stub().append(request(steps.slice(0, 2)));
  moveClock(20);
  await session.stub().append(request(steps.slice(2), 3));
  moveClock(1.5);
  expect(await deliver(session, bill)).toBe(3);
  expect(bill).toMatchObject({ rows: 3, alarms: 2, messages: 1 });
});

it("bills ten turns of a session by what each of them does", async () => {
  const bill = await startBill();
  const session = newSession();
  for (let turn = 0; turn < 10; turn += 1) {
    const steps = turnSteps(`ui2-turn-${turn}`);
    await session.stub().append(request(steps.slice(0, 4), 1 + turn * 6));
    moveClock(20);
    await session.stub().append(request(steps.slice(4), 5 + turn * 6));
    moveClock(1.5);
    expect(await deliver(session, bill)).toBe(3);
    moveClock(70);
  }
  expect(bill).toMatchObject({ rows: 30, alarms: 20, messages: 10 });
});

it("bills turns that come one upon the other by fewer alarms than turns", async () => {
  const bill = await startBill();
  const session = newSession();
  for (let turn = 0; turn < 10; turn += 1) {
    await session.stub().append(request(turnSteps(`ui2-turn-${turn}`), 1 + turn * 6));
    moveClock(1.5);
    expect(await deliver(session, bill)).toBe(3);
    moveClock(4.5);
  }
  // Of the first turn, two; then one that serves all turns of about half a minute.
  expect(bill).toMatchObject({ rows: 20, alarms: 4 });
  moveClock(60);
  expect(await runDurableObjectAlarm(session.stub())).toBe(true);
  expect(bill.alarms).toBe(5);
});

it("bills a delivery that has to wait for Langfuse by its tries", async () => {
  const session = newSession();
  const { reservation = 0 } = await session
    .stub()
    .append({ ...request(turnSteps()), batchesClaims: true });
  moveClock(1.5);
  const bill = await startBill();
  const { lease } = await session.stub().lease({ maxBytes: 1_000_000, reservation });
  const retry = { reason: "unreachable" as const };
  await session.stub().settle({ lease: lease?.id ?? 0, delivered: [], dead: [], retry });
  expect(bill).toMatchObject({ rows: 1, messages: 1 });
});
