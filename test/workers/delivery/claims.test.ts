import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { objectName } from "../../../src/protocol/ids.ts";
import {
  AFTER_EVICTION,
  behave,
  claimOf,
  consumeClaims,
  moveClock,
  newSession,
  PROJECT,
  received,
  request,
  sendTurn,
  spanChange,
  type TestSession,
  traceChange,
  turnSteps,
  eachOnItsOwn,
} from "../support.ts";
import { startBill } from "../session/bill.ts";

eachOnItsOwn();

const TURN = ["trace x1", "ui x1", "call x1"].toSorted();
const spans = async (): Promise<string[]> => (await received()).spans.toSorted();
const pending = async (session: TestSession): Promise<number> =>
  (await session.stub().pending()).pending;
const alarmIn = async (session: TestSession): Promise<number | undefined> => {
  const at = await runInDurableObject(session.stub(), (_object, state) => state.storage.getAlarm());
  return at === null ? undefined : (at - Date.now()) / 1000;
};

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
    expect(due).toBeLessThanOrEqual(61);
    moveClock(due ?? 0);
    expect(await runDurableObjectAlarm(session.stub())).toBe(true);
    // The alarm has sent a claim and waits for it.
    expect(await alarmIn(session)).toBeGreaterThan(50);
    await consumeClaims(claimOf(session));
    expect(await spans()).toEqual(TURN);
  });

  it("may be left to whoever calls; if nobody comes, the alarm claims", async () => {
    const session = newSession();
    const bill = await startBill();
    const answer = await session.stub().append({ ...request(turnSteps()), gathersClaims: true });
    expect(answer.claimAt).toBe(Date.now() + 500);
    // What it said once it does not say again.
    const more = await session
      .stub()
      .append({ ...request([spanChange("update", "ui")], 7), gathersClaims: true });
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
      .append({ ...request(turnSteps()), gathersClaims: true });
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
    const answer = await session.stub().append({ ...request(steps), gathersClaims: true });
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

describe("alarms", () => {
  it("that come early, twice or with nothing to do change nothing", async () => {
    const session = newSession();
    await session.stub().append(request(turnSteps().slice(0, 5)));
    for (let round = 0; round < 3; round += 1) await runDurableObjectAlarm(session.stub());
    expect(await alarmIn(session)).toBeGreaterThan(0);
    expect(await pending(session)).toBe(3);
    await session.stub().append(request([traceChange("end")], 6));
    moveClock(2);
    await consumeClaims(claimOf(session));
    await runDurableObjectAlarm(session.stub());
    expect(await spans()).toEqual(TURN);
  });

  it("that come hours late seal what they would have sealed in time", async () => {
    const session = newSession();
    await session.stub().append(request(turnSteps().slice(0, 5)));
    moveClock(6 * 3600);
    await runDurableObjectAlarm(session.stub());
    await consumeClaims(claimOf(session));
    expect(await spans()).toEqual(TURN);
    expect(await pending(session)).toBe(0);
  });

  it("that run while a request comes in lose neither", async () => {
    const session = newSession();
    await session.stub().append(request(turnSteps().slice(0, 5)));
    moveClock(61);
    await Promise.all([
      runDurableObjectAlarm(session.stub()),
      session.stub().append(request([traceChange("end")], 6)),
    ]);
    expect(await alarmIn(session)).toBeGreaterThan(0);
    moveClock(10);
    await consumeClaims(claimOf(session));
    expect(await pending(session)).toBe(0);
    expect((await received()).findings).toEqual([]);
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
    expect(due).toBeLessThanOrEqual(120);
    moveClock(121);
    await runDurableObjectAlarm(session.stub());
    await consumeClaims(claimOf(session));
    expect(await spans()).toEqual(TURN);
    // The dead consumer's settlement arrives after all.
    const delivered = lease?.records.map(({ ordinal }) => ordinal) ?? [];
    await session.stub().settle({ lease: lease?.id ?? 0, delivered, dead: [] });
    expect(await pending(session)).toBe(0);
  });
});

describe("a project's health", () => {
  const health = () => {
    const name = { project: PROJECT, owner: "server", kind: "trace", value: "health" } as const;
    return env.HEALTH.get(env.HEALTH.idFromName(objectName(name))).read();
  };
  const deliver = async (): Promise<void> => {
    const session = newSession();
    await sendTurn(session);
    await consumeClaims(claimOf(session));
  };

  it("hears of deliveries that go well once a minute, and of trouble at once", async () => {
    // More than a minute after all that this isolate has delivered, which is told with the next.
    moveClock(600);
    await deliver();
    const first = Date.now();
    const { delivered } = await health();
    await deliver();
    expect(await health()).toEqual({
      delivered,
      lastDelivery: first,
      pending: 0,
      dead: 0,
      failures: 0,
    });
    moveClock(60);
    await deliver();
    expect(await health()).toMatchObject({
      delivered: delivered + 6,
      lastDelivery: Date.now(),
    });

    await deliver();
    await behave({ status: 503 });
    await deliver();
    const failing = { delivered: delivered + 9, pending: 3, lastError: { class: "unavailable" } };
    expect(await health()).toMatchObject(failing);
    await behave({});
    await deliver();
    const { lastError, ...well } = await health();
    expect(lastError).toBeUndefined();
    expect(well).toMatchObject({ delivered: delivered + 12, pending: 3 });
  });

  it("can be told by any consumer of what another one left: the session remembers it", async () => {
    const session = newSession();
    await sendTurn(session);
    const { lease: first } = await session.stub().lease({ maxBytes: 1_000_000 });
    expect(first).not.toHaveProperty("retried");
    const retry = { reason: "unavailable" };
    await session.stub().settle({ lease: first?.id ?? 0, delivered: [], dead: [], retry });
    await evictDurableObject(session.stub());
    moveClock(AFTER_EVICTION);
    const { lease } = await session.stub().lease({ maxBytes: 1_000_000 });
    expect(lease).toMatchObject({ retried: true });
    const delivered = lease?.records.map(({ ordinal }) => ordinal) ?? [];
    await session.stub().settle({ lease: lease?.id ?? 0, delivered, dead: [] });
    await sendTurn(session, 7, "ui2-next");
    expect((await session.stub().lease({ maxBytes: 1_000_000 })).lease).not.toHaveProperty(
      "retried",
    );
  });
});

describe("a Langfuse in trouble", () => {
  it("that is down is tried again, later and later, and gets everything once", async () => {
    const session = newSession();
    await sendTurn(session);
    await behave({ status: 503 });
    const waits: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      await consumeClaims(claimOf(session));
      expect(await pending(session)).toBe(3);
      // A breaker may keep the consumer away; then the claim's own time counts.
      const wait = (await alarmIn(session)) ?? 0;
      waits.push(wait);
      moveClock(Math.max(wait, 61));
    }
    expect(Math.max(...waits)).toBeGreaterThan(Math.min(...waits));
    await behave({});
    moveClock(900);
    await consumeClaims(claimOf(session));
    moveClock(900);
    await consumeClaims(claimOf(session));
    expect(await spans()).toEqual(TURN);
    expect((await received()).findings).toEqual([]);
  });

  it("that wants other keys keeps everything", async () => {
    const session = newSession();
    await sendTurn(session);
    await behave({ status: 401 });
    await consumeClaims(claimOf(session));
    expect(await pending(session)).toBe(3);
    expect(await alarmIn(session)).toBeGreaterThanOrEqual(29);
  });

  it("does not make a flush or an action wait", async () => {
    const session = newSession();
    await sendTurn(session);
    await behave({ delayMs: 30_000 });
    const { pending: left, onTheirWay } = await session
      .stub()
      .append({ ...request([]), flush: { deliver: true } });
    expect({ left, onTheirWay }).toEqual({ left: 3, onTheirWay: 3 });
  });
});
