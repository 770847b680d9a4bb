// Pages whose clocks are a day ahead or behind, or go backwards: every record is whole, in the order that its
// client's numbers say; where the page says when it sent, times are corrected. Where it does not, actions that
// are older than a day are refused: the edge can't tell whether they are repeats.
import { slow } from "../behaviour.ts";
import { planOf, type PlanOptions } from "../plan.ts";
import type { Scenario } from "../scenario.ts";
import { inWorld } from "../world.ts";

const DAY_MS = 24 * 3_600_000;
/** As far back as is taken without a correction, and an hour less. */
const NEARLY_A_DAY_MS = 23 * 3_600_000;
/** A correction knows the way of the first request only together with its processing. */
const CORRECTED_WITHIN_MS = 5_000;
const STEP_BACK_MS = 30_000;

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

export const clocks: Scenario = {
  name: "clocks",
  variants: [
    {
      name: "a day ahead, a day behind, backwards, stepping",
      short: true,
      run: (seed) =>
        inWorld({ scenario: "clocks", variant: "all kinds", seed }, async (world) => {
          world.langfuse.behave(slow(seed, 200));
          const now = Date.now();
          const kinds: [string, ReturnType<ClockOf>][] = [
            ["ahead", offBy(DAY_MS, false)],
            ["ahead-corrected", offBy(DAY_MS, true)],
            ["behind", offBy(-NEARLY_A_DAY_MS, false)],
            ["behind-corrected", offBy(-DAY_MS, true)],
            ["backwards", backwards(now)],
            ["stepping", stepping(now)],
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
        }),
    },
  ],
};
