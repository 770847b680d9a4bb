import { describe, expect, it } from "vitest";
import {
  behave,
  claimOf,
  consumeClaims,
  eachOnItsOwn,
  moveClock,
  newSession,
  received,
  request,
  sendTurn,
} from "../support.ts";
import { alarmIn, pending, spans, TURN } from "./turns.ts";

eachOnItsOwn();

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
    const { pending: left, sealed } = await session
      .stub()
      .append({ ...request([]), flush: { deliver: true } });
    expect({ left, sealed }).toEqual({ left: 3, sealed: 3 });
  });
});
