// Alarms that break off, or that are set and never run, while the claims are lost that would do without them:
// all arrives once the platform is well again.
import { setTimeout } from "node:timers/promises";
import type { AlarmMode } from "../inside/orders.ts";
import { slow } from "../langfuse/behaviour.ts";
import { planOf } from "../plan/plan.ts";
import type { Scenario, Variant } from "../scenario.ts";

interface Trouble {
  name: string;
  mode: Exclude<AlarmMode, "well">;
  /** Sessions that never hear of their alarm again need another request to find it stale. */
  nextTurn: boolean;
  latestMs: number;
}

const TROUBLES: Trouble[] = [
  { name: "alarms throw, twice each", mode: "throw", nextTurn: false, latestMs: 90_000 },
  {
    name: "alarms never run, and are found stale",
    mode: "silent",
    nextTurn: true,
    latestMs: 60_000,
  },
];
/** Longer than the alarm after a lost claim. */
const TROUBLE_MS = 45_000;
const CLIENTS_MS = 60_000;

export const alarms: Scenario = {
  name: "alarms",
  tries: "alarms that throw, and alarms that never run",
  variants: TROUBLES.map(variantOf),
};

function variantOf({ name, mode, nextTurn, latestMs }: Trouble): Variant {
  return {
    name,
    short: false,
    work: async (world, seed) => {
      world.langfuse.behave(slow(seed, 300));
      world.faults.push(`${mode} ${TROUBLE_MS}`);
      await world.order("alarms", { mode });
      await world.order("queue", { mode: "lose", seed });
      const turns = nextTurn ? 3 : 2;
      const plan = planOf({ seed, now: Date.now(), sessions: 10, turns });
      const before = plan.map((one) => ({ ...one, turns: one.turns.slice(0, 2) }));
      const trouble = setTimeout(TROUBLE_MS);
      await world.run(before, CLIENTS_MS);
      await trouble;
      await world.order("alarms", { mode: "well" });
      await world.order("queue", { mode: "well", seed });
      const well = Date.now();
      const after = plan.map((one) => ({ ...one, turns: one.turns.slice(2) }));
      if (nextTurn) await world.run(after, CLIENTS_MS);
      await world.arrival(latestMs);
      const wellMs = Math.max(0, ...world.langfuse.copies.map(({ at }) => at)) - well;
      const { brokenAlarms, silentAlarms } = await world.happened();
      const broken: string[] = [];
      if (brokenAlarms + silentAlarms === 0) broken.push("no alarm was in trouble");
      if (wellMs > latestMs) broken.push(`all was there ${wellMs} ms after`);
      return {
        broken,
        figures: {
          "alarms in trouble": brokenAlarms + silentAlarms,
          "all there after, s": Math.round(wellMs / 100) / 10,
        },
      };
    },
  };
}
