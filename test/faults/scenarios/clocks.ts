// Pages whose clocks are a day ahead or behind, or go backwards: every record is whole, in the order that its
// client's numbers say; where the page says when it sent, times are corrected. And an edge whose own clock
// steps.
import { setTimeout } from "node:timers/promises";
import { slow } from "../langfuse/behaviour.ts";
import { planOf, type PlanOptions } from "../plan/plan.ts";
import type { Scenario } from "../scenario.ts";

const DAY_MS = 24 * 3_600_000;
/** A correction knows the way of the first request only together with its processing. */
const CORRECTED_WITHIN_MS = 5_000;
const STEP_BACK_MS = 30_000;
/** When a page's clock goes back by a year, and for good, without a word of when it sends. */
const YEAR_BACK_AFTER_MS = 1_500;
const YEAR_MS = 365 * DAY_MS;
/** Steps of the edge's clock, each for a while: from a correction over a bad source to one that jumps. */
const EDGE_STEPS_MS = [20_000, -20_000, 40_000, -40_000, -15_000, 15_000];
const STEP_EVERY_MS = 3_000;
const TEN_MINUTES_MS = 600_000;
/** Until it has caught up a session's time goes at half the clock's pace; a lost lease comes on top. */
const EDGE_LATEST_MS = 100_000;

type ClockOf = NonNullable<PlanOptions["clock"]>;

const offBy = (skewMs: number, isCorrected: boolean): ReturnType<ClockOf> =>
  isCorrected
    ? {
        told: (ms) => ms + skewMs,
        corrected: (told) => told - skewMs,
        sentAtSkewMs: skewMs,
        toleranceMs: CORRECTED_WITHIN_MS,
      }
    : { told: (ms) => ms + skewMs };

/** Each action is told to be done before the one before it. */
const backwards = (now: number): ReturnType<ClockOf> => ({
  told: (ms) => ms,
  done: (ms) => now - STEP_BACK_MS - 7 * (ms - now),
});

/** Steps back and forth between turns. */
const stepping = (now: number): ReturnType<ClockOf> => {
  const stepOf = (ms: number): number =>
    Math.floor((ms - now) / 1_000) % 2 === 1 ? -STEP_BACK_MS : 0;
  return { told: (ms) => ms, done: (ms) => ms + stepOf(ms) };
};

const yearBack = (now: number): ReturnType<ClockOf> => ({
  told: (ms) => ms,
  done: (ms) => (ms < now + YEAR_BACK_AFTER_MS ? ms : ms - YEAR_MS),
});

/** Where the edge takes its own step for the page's, times are off by it. */
const beside = (says: boolean): ReturnType<ClockOf> => ({
  told: (ms) => ms,
  ...(says && { sentAtSkewMs: 0 }),
  toleranceMs: says ? Math.max(...EDGE_STEPS_MS) + CORRECTED_WITHIN_MS : 0,
});

const besideTenMinutes = (says: boolean): ReturnType<ClockOf> => ({
  told: (ms) => ms,
  ...(says && { sentAtSkewMs: 0 }),
  toleranceMs: says ? TEN_MINUTES_MS + CORRECTED_WITHIN_MS : 0,
});

export const clocks: Scenario = {
  name: "clocks",
  tries: "pages a day ahead or behind, going backwards, stepping; an edge whose clock steps",
  variants: [
    {
      name: "a day ahead, a day behind, backwards, stepping",
      short: true,
      work: async (world, seed) => {
        world.langfuse.behave(slow(seed, 200));
        const now = Date.now();
        const kinds: [string, ReturnType<ClockOf>][] = [
          ["ahead", offBy(DAY_MS, false)],
          ["ahead-corrected", offBy(DAY_MS, true)],
          ["behind", offBy(-DAY_MS, false)],
          ["behind-corrected", offBy(-DAY_MS, true)],
          ["backwards", backwards(now)],
          ["stepping", stepping(now)],
          ["year-back", yearBack(now)],
        ];
        const plan = kinds.flatMap(([prefix, clock]) =>
          planOf({
            seed,
            now,
            sessions: 3,
            turns: 4,
            prefix,
            turnPauseMs: 1_000,
            clock: () => clock,
          }),
        );
        await world.run(plan, 60_000);
        const latestMs = await world.arrival(30_000);
        return { broken: [], figures: { "all there after, s": Math.round(latestMs / 100) / 10 } };
      },
    },
    {
      name: "the edge's clock steps back and forth",
      short: false,
      work: async (world, seed) => {
        world.langfuse.behave(slow(seed, 200));
        const options = { seed, now: Date.now(), sessions: 8, turns: 5, turnPauseMs: 6_000 };
        const plan = planOf({ ...options, clock: (n) => beside(n % 2 === 0) });
        const clients = world.run(plan, 90_000);
        for (const byMs of EDGE_STEPS_MS) {
          await setTimeout(STEP_EVERY_MS);
          await world.jump(byMs);
        }
        await clients;
        await world.arrival(EDGE_LATEST_MS);
        const lateMs = world.lateness();
        return {
          broken: [],
          late: lateMs > EDGE_LATEST_MS ? [`a record waited ${lateMs} ms`] : [],
          figures: { "latest record, s": Math.round(lateMs / 100) / 10 },
        };
      },
    },
    {
      name: "the edge's clock steps back by ten minutes",
      short: false,
      work: async (world, seed) => {
        world.langfuse.behave(slow(seed, 200));
        const options = { seed, now: Date.now(), sessions: 8, turns: 4, turnPauseMs: 4_000 };
        const plan = planOf({ ...options, clock: (n) => besideTenMinutes(n % 2 === 0) });
        const clients = world.run(plan, 90_000);
        await setTimeout(STEP_EVERY_MS);
        await world.jump(-TEN_MINUTES_MS);
        await clients;
        await world.arrival(EDGE_LATEST_MS);
        const lateMs = world.lateness();
        return {
          broken: [],
          late: lateMs > EDGE_LATEST_MS ? [`a record waited ${lateMs} ms`] : [],
          figures: { "latest record, s": Math.round(lateMs / 100) / 10 },
        };
      },
    },
  ],
};
