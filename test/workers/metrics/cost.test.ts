// What the figures of a million turns cost with nobody watching: calls and rows, counted on the platform, at what
// Cloudflare charges. docs/figures.md has the figures.
import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { TELL_TIMEOUT_MS } from "../../../src/delivery/figures/figures-teller.ts";
import { dollarsOf } from "../../bench/prices.ts";
import { startBill } from "../session/bill.ts";
import { eachOnItsOwn, moveClock, PROJECT } from "../support.ts";
import { type Calls, isolate, livelyTurn, metrics } from "./lively.ts";

eachOnItsOwn();

const NONE = {
  requests: 0,
  batches: 0,
  alarms: 0,
  alarmsSet: 0,
  messages: 0,
  logLines: 0,
  logBytes: 0,
  cpuMs: 0,
};

/** An object is active for so long at a call: more than adding up a whole batch takes. */
const CALL_MS = 20;

/** Turns at such a distance; an isolate gathers them by a clock that moves with them. */
async function priceOf(turns: number, everySeconds: number) {
  const bill = await startBill();
  const calls: Calls = { tells: 0, shards: new Set() };
  const timers: { at: number; ring: () => void }[] = [];
  const teller = isolate(calls, (ms) => {
    // No object is so slow here that it is given up, but by the moved clock.
    if (ms === TELL_TIMEOUT_MS) return new Promise(() => {});
    const at = Date.now() + ms;
    return new Promise((ring) => timers.push({ at, ring }));
  });
  for (let n = 0; n < turns; n += 1) {
    const project = { publicKey: PROJECT, label: "label" };
    // A delivery takes two seconds or so.
    const figures = [livelyTurn(n, Date.now() - 2000)];
    const posts =
      n % 4 === 0
        ? [{ kind: "observation" as const, at: Date.now(), ms: 90, answer: "delivered" }]
        : [];
    teller.add(project, { figures, posts, objects: [`object-${n}`] });
    void teller.flush();
    // A call goes through before the clock moves on.
    await scheduler.wait(0);
    await calls.latest;
    moveClock(everySeconds);
    const due = timers.filter(({ at }) => at <= Date.now());
    for (const one of due) timers.splice(timers.indexOf(one), 1)[0]?.ring();
    await scheduler.wait(0);
    await calls.latest;
  }
  moveClock(10);
  for (const { ring } of timers.splice(0)) ring();
  await scheduler.wait(0);
  await calls.latest;
  const slices = await runInDurableObject(
    metrics(),
    (_object, { storage }) => [...storage.kv.list({ prefix: "minute/" })].length,
  );
  // Each minute's is deleted in two days, which is a row as well.
  const rows = bill.rows + bill.alarms + slices;
  const counted = { ...NONE, calls: calls.tells, rows, activeMs: calls.tells * CALL_MS };
  return { tells: calls.tells, rows, dollars: dollarsOf(counted, turns) };
}

it("stays below 50 cents for a million turns a month, that come one by one", async () => {
  const price = await priceOf(300, 2.6);
  expect(price.tells).toBeLessThan(300 / 3.5);
  expect(price.dollars).toBeLessThan(0.5);
});

it("stays below five cents at ten turns a second", async () => {
  const price = await priceOf(1200, 0.1);
  expect(price.dollars).toBeLessThan(0.05);
});
