import { runDurableObjectAlarm } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import {
  claimOf,
  consumeClaims,
  eachOnItsOwn,
  moveClock,
  newSession,
  received,
  request,
  traceChange,
  turnSteps,
} from "../support.ts";
import { alarmIn, pending, spans, TURN } from "./turns.ts";

eachOnItsOwn();

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
