import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { startBill } from "../session/bill.ts";
import {
  claimOf,
  consumeClaims,
  eachOnItsOwn,
  moveClock,
  newSession,
  received,
  request,
  sendTurn,
  spanChange,
  turnSteps,
} from "../support.ts";
import { alarmIn, pending, spans, TURN } from "./turns.ts";

eachOnItsOwn();

describe("claims", () => {
  it("are acknowledged whatever happens, and redelivered ones deliver nothing twice", async () => {
    const session = newSession();
    await sendTurn(session);
    for (let round = 0; round < 3; round += 1) {
      const result = await consumeClaims(claimOf(session), claimOf(session), "no claim");
      expect(result).toMatchObject({ outcome: "ok", ackAll: true, retryMessages: [] });
    }
    expect(await received()).toEqual({ spans: expect.anything(), findings: [] });
    expect(await spans()).toEqual(TURN);
  });

  it("may be lost: the alarm claims again", async () => {
    const session = newSession();
    await sendTurn(session);
    const due = await alarmIn(session);
    expect(due).toBeGreaterThan(0);
    expect(due).toBeLessThanOrEqual(36);
    moveClock(due ?? 0);
    expect(await runDurableObjectAlarm(session.stub())).toBe(true);
    // The alarm has sent a claim and waits for it.
    expect(await alarmIn(session)).toBeGreaterThan(30);
    await consumeClaims(claimOf(session));
    expect(await spans()).toEqual(TURN);
  });

  it("may be left to whoever calls; if nobody comes, the alarm claims", async () => {
    const session = newSession();
    const bill = await startBill();
    const answer = await session.stub().append({ ...request(turnSteps()), batchesClaims: true });
    expect(answer.claimAt).toBe(Date.now() + 500);
    // It does not say the same again.
    const more = await session
      .stub()
      .append({ ...request([spanChange("update", "ui")], 7), batchesClaims: true });
    expect(more).not.toHaveProperty("claimAt");
    expect(bill.messages).toBe(0);
    moveClock(61);
    await runDurableObjectAlarm(session.stub());
    expect(bill.messages).toBe(1);
    const other = newSession();
    await sendTurn(other, 1, "ui2-other");
    await consumeClaims({ ...claimOf(other), more: [claimOf(session).object] });
    expect(await spans()).toEqual([...TURN, ...TURN].toSorted());
  });

  it("are served at once though the object was evicted since, and nobody else is", async () => {
    const session = newSession();
    const { reservation = 0 } = await session
      .stub()
      .append({ ...request(turnSteps()), batchesClaims: true });
    moveClock(12);
    await evictDurableObject(session.stub());
    await consumeClaims(claimOf(session));
    expect(await spans()).toEqual([]);
    await consumeClaims({ ...claimOf(session), reservations: [reservation] });
    expect(await spans()).toEqual(TURN);
    // The same message once more.
    await evictDurableObject(session.stub());
    await consumeClaims({ ...claimOf(session), reservations: [reservation] });
    expect(await spans()).toEqual(TURN);
  });

  it("of what is not due for long are the object's own", async () => {
    const session = newSession();
    const steps = turnSteps().slice(0, 5);
    const answer = await session.stub().append({ ...request(steps), batchesClaims: true });
    expect(answer).not.toHaveProperty("claimAt");
    expect(await alarmIn(session)).toBeLessThanOrEqual(60);
  });

  it("let two consumers at once deliver once", async () => {
    const session = newSession();
    await sendTurn(session);
    await Promise.all([consumeClaims(claimOf(session)), consumeClaims(claimOf(session))]);
    expect(await received()).toEqual({ spans: expect.anything(), findings: [] });
    expect(await spans()).toEqual(TURN);
  });

  it("of two sessions in one batch deliver both in one request", async () => {
    const [one, two] = [newSession(), newSession()];
    await sendTurn(one);
    await sendTurn(two, 1, "ui2-other");
    await consumeClaims(claimOf(one), claimOf(two));
    expect(await spans()).toEqual([...TURN, ...TURN].toSorted());
    const { answers } = await env.SINK.get(env.SINK.idFromName("sink")).requests();
    expect(answers).toEqual([{ api: "otlp", status: 200, count: 1 }]);
  });

  it("for an object that knows nothing do nothing, and leave nothing", async () => {
    const session = newSession();
    await consumeClaims(claimOf(session));
    expect(await alarmIn(session)).toBeUndefined();
    expect(await spans()).toEqual([]);
  });
});

describe("a consumer that dies", () => {
  it("between its POST and its settlement costs the same bytes once more", async () => {
    const session = newSession();
    await sendTurn(session);
    const { lease } = await session.stub().lease({ maxBytes: 1_000_000 });
    expect(lease).toBeDefined();
    await consumeClaims(claimOf(session));
    expect(await spans()).toEqual([]);
    const due = await alarmIn(session);
    expect(due).toBeLessThanOrEqual(40);
    moveClock(41);
    await runDurableObjectAlarm(session.stub());
    await consumeClaims(claimOf(session));
    expect(await spans()).toEqual(TURN);
    // The dead consumer's settlement arrives after all.
    const delivered = lease?.records.map(({ ordinal }) => ordinal) ?? [];
    await session.stub().settle({ lease: lease?.id ?? 0, delivered, dead: [] });
    expect(await pending(session)).toBe(0);
  });
});
