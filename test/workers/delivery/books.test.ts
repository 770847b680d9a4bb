// What the books cost, counted on the platform, and that they hold up no delivery: of a pass over many sessions,
// one that is slow, one that throws.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import { ledgerName } from "../../../src/protocol/books/ledger-name.ts";
import type { LedgerCalls } from "../../../src/protocol/books/ledger-calls.ts";
import { startBill } from "../session/bill.ts";
import {
  claimOf,
  consumeClaims,
  eachOnItsOwn,
  moveClock,
  newSession,
  PROJECT,
  received,
  request,
  turnSteps,
} from "../support.ts";

eachOnItsOwn();

const ledger = () => env.HEALTH.get(env.HEALTH.idFromName(ledgerName(PROJECT)));
const spyOnTake = () =>
  runInDurableObject(ledger(), (object) =>
    vi.spyOn(Object.getPrototypeOf(object) as LedgerCalls, "take"),
  );

async function sessionsWithTurns(count: number) {
  const sessions = Array.from({ length: count }, newSession);
  for (const [n, session] of sessions.entries()) {
    await session.stub().append(request(turnSteps(`ui2-turn-${n}`)));
  }
  moveClock(1.5);
  return sessions;
}

it("are one call and one row of a delivery, however many turns it brings", async () => {
  const rows: number[] = [];
  for (const [pass, count] of [1, 20].entries()) {
    // Health is told of each of the two, at more than a minute's distance.
    moveClock(600);
    const sessions = await sessionsWithTurns(count);
    const take = await spyOnTake();
    const bill = await startBill();
    await consumeClaims(...sessions.map(claimOf));
    expect(take).toHaveBeenCalledTimes(1);
    // A lease without a reservation, and its settlement.
    rows.push(bill.rows - 2 * count);
    vi.restoreAllMocks();
    const { totals } = await ledger().books({});
    expect(totals).toEqual({ accepted: pass === 0 ? 6 : 126, delivered: pass === 0 ? 6 : 126 });
  }
  // Health's row and the ledger's, and of the second the minute of the first; and in the development entry, which
  // tells them with each pass, a row of the figures, of the first two.
  expect(rows).toEqual([2 + 2, 3 + 1]);
  expect(rows[1]).toBeLessThan(20);
});

it("are no reason for a delivery to wait or to fail", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const [slow, broken] = await sessionsWithTurns(2);
  if (slow === undefined || broken === undefined) throw new Error("two sessions were made");
  const take = await spyOnTake();
  take.mockReturnValueOnce(new Promise(() => {}));
  // It never answers: that this resolves is the proof.
  await consumeClaims(claimOf(slow));
  take.mockRejectedValueOnce(new Error("the ledger is ill"));
  await consumeClaims(claimOf(broken));
  expect((await received()).spans).toHaveLength(6);
  expect(JSON.stringify(warn.mock.calls)).toContain("ledger_not_told");
  // The sessions know that it was not told, and tell it by themselves, though nobody comes to them again.
  for (const session of [slow, broken]) await runDurableObjectAlarm(session.stub());
  expect((await ledger().books({})).totals).toEqual({ accepted: 12, delivered: 12 });
});

it("are told by the session itself until the ledger answers, also by an instance that knows nothing of it", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const [session] = await sessionsWithTurns(1);
  if (session === undefined) throw new Error("a session was made");
  const ill = (name: "take" | "announce") =>
    runInDurableObject(ledger(), (object) =>
      vi
        .spyOn(Object.getPrototypeOf(object) as LedgerCalls, name)
        .mockRejectedValue(new Error("the ledger is ill")),
    );
  await ill("take");
  const announce = await ill("announce");
  await consumeClaims(claimOf(session));
  for (let tries = 1; tries <= 3; tries += 1) {
    await evictDurableObject(session.stub());
    await runDurableObjectAlarm(session.stub());
    expect(announce.mock.calls.length).toBeGreaterThanOrEqual(tries);
  }
  vi.restoreAllMocks();
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  await evictDurableObject(session.stub());
  await runDurableObjectAlarm(session.stub());
  expect((await ledger().books({})).totals).toEqual({ accepted: 6, delivered: 6 });
});
