// What the live view and the figures add to a million turns with nobody watching: all that Cloudflare bills of the two
// objects, counted on the platform, in the dearest ways that turns can come. docs/figures.md has the figures.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { TELL_TIMEOUT_MS } from "../../../src/delivery/figures/figures-teller.ts";
import { Watching } from "../../../src/edge/readers/watching.ts";
import { liveName } from "../../../src/protocol/live/name.ts";
import { billOf } from "../../bench/prices.ts";
import { type Bill, startBill } from "../session/bill.ts";
import { eachOnItsOwn, moveClock, PROJECT, request, turnSteps } from "../support.ts";
import { livelyTurn } from "../../support/lively-turn.ts";
import { type Calls, isolate, metrics } from "./lively.ts";

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
/** … and at one that only asks what it has in memory. */
const LOOK_MS = 5;
/** Dollars per million; a row written costs a thousand times that. */
const ROW_READ = 0.001;
const sum = (parts: Record<string, number>): number =>
  Object.values(parts).reduce((all, one) => all + one, 0);

/** An alarm that is set is a row, too. */
const since = (before: Bill, { rows, alarms, reads }: Bill) => ({
  rows: rows + alarms - before.rows - before.alarms,
  reads: reads - before.reads,
});

/**
 * Turns at such a distance, each with three requests: at its begin, after half a minute, and at its end.
 * @param atHome requests that an isolate serves before another one does that has never asked
 */
async function look(bill: Bill, turns: number, atHome: number): Promise<Record<string, number>> {
  const before = { ...bill };
  const counted = { calls: 0, activeMs: 0 };
  const hub = {
    watched: async () => {
      counted.calls += 1;
      counted.activeMs += LOOK_MS;
      return env.LIVE.get(env.LIVE.idFromName(liveName(PROJECT))).watched();
    },
  };
  const edge = () =>
    new Watching({
      live: () => hub,
      now: () => Date.now(),
      log: (_level, event) => {
        throw new Error(event);
      },
    });
  const calls = {
    append: async () => ({ results: [], pending: 0, sealed: 0 }),
    watched: async () => {
      throw new Error("nobody watches");
    },
  };
  let [one, served] = [edge(), 0];
  for (let n = 0; n < turns; n += 1) {
    const steps = turnSteps(`turn-${n}`);
    for (const changes of [steps.slice(0, 2), steps.slice(2, 3), steps.slice(3)]) {
      if (served >= atHome) [one, served] = [edge(), 0];
      served += 1;
      await one.wrap(calls).append(request(changes));
      await one.flush();
      moveClock(30);
    }
  }
  const { rows, reads } = since(before, bill);
  return { ...billOf({ ...NONE, ...counted, rows }, turns), reads: (reads / turns) * ROW_READ };
}

/** Turns at such a distance; an isolate gathers them by a clock that moves with them. */
async function figures(bill: Bill, turns: number, everySeconds: number) {
  const start = { ...bill };
  const calls: Calls = { tells: 0, shards: new Set() };
  const timers: { at: number; ring: () => void }[] = [];
  const teller = isolate(calls, (ms) => {
    // No object is so slow here that it is given up, but by the moved clock.
    if (ms === TELL_TIMEOUT_MS) return new Promise(() => {});
    const at = Date.now() + ms;
    return new Promise((ring) => timers.push({ at, ring }));
  });
  let asleepAt = Date.now() + 10_000;
  const told = async (): Promise<void> => {
    const before = calls.tells;
    // A call goes through before the clock moves on.
    await scheduler.wait(0);
    await calls.latest;
    if (calls.tells === before) return;
    asleepAt = Date.now() + 10_000;
  };
  for (let n = 0; n < turns; n += 1) {
    const project = { publicKey: PROJECT, label: "label" };
    // A delivery takes two seconds or so.
    const its = [livelyTurn(n, Date.now() - 2000)];
    const posts =
      n % 4 === 0
        ? [{ kind: "observation" as const, at: Date.now(), ms: 90, answer: "delivered" }]
        : [];
    teller.add(project, { figures: its, posts, objects: [`object-${n}`] });
    void teller.flush();
    await told();
    moveClock(everySeconds);
    // It reads again what it had in memory.
    if (Date.now() > asleepAt && calls.tells > 0) {
      asleepAt = Number.POSITIVE_INFINITY;
      await evictDurableObject(metrics());
    }
    const due = timers.filter(({ at }) => at <= Date.now());
    for (const one of due) timers.splice(timers.indexOf(one), 1)[0]?.ring();
    await told();
  }
  moveClock(20);
  for (const { ring } of timers.splice(0)) ring();
  await told();
  const { rows: written, reads } = since(start, bill);
  const slices = await runInDurableObject(
    metrics(),
    (_object, { storage }) => [...storage.kv.list({ prefix: "minute/" })].length,
  );
  // Each minute's is deleted in two days, which is a row as well.
  const rows = written + slices;
  const activeMs = calls.tells * CALL_MS;
  const parts = billOf({ ...NONE, calls: calls.tells, rows, activeMs }, turns);
  return {
    tells: calls.tells,
    rows,
    parts: { ...parts, reads: (reads / turns) * ROW_READ },
  };
}

describe("with nobody watching, a million turns add", () => {
  it("at most 50 cents in all, where a month has as many and each of a turn's requests meets an isolate that has not looked", async () => {
    const bill = await startBill();
    const looked = await look(bill, 50, 1);
    const told = await figures(bill, 300, 2.6);
    expect(sum(looked) + sum(told.parts)).toBeLessThan(0.5);
    expect(looked["object calls"]).toBeCloseTo(0.15, 5);
    expect(told.tells).toBeLessThan(300 / 7);
  });

  it("no more for the look where isolates stay, and turns are long", async () => {
    expect(sum(await look(await startBill(), 50, Number.POSITIVE_INFINITY))).toBeLessThan(0.17);
  });

  it("less than five cents for figures at ten turns a second", async () => {
    const { parts } = await figures(await startBill(), 1200, 0.1);
    expect(sum(parts)).toBeLessThan(0.05);
  });
});
