// A queue that refuses claims, loses, doubles, delays or reorders them, or gives them to two consumers at
// once, and isolates that end while they send some: accepting goes on, everything arrives, nothing twice.
import { setTimeout } from "node:timers/promises";
import type { QueueMode } from "../inside/orders.ts";
import { slow } from "../langfuse/behaviour.ts";
import { planOf } from "../plan/plan.ts";
import type { Scenario, Variant } from "../scenario.ts";

interface Trouble {
  name: string;
  mode: QueueMode;
  /** For so long, or to the end. */
  forMs?: number;
  /** How late a record may come. */
  latestMs: number;
  short?: true;
}

const TROUBLES: Trouble[] = [
  { name: "send throws for 20 s", mode: "refuse", forMs: 20_000, latestMs: 75_000 },
  { name: "claims are lost for 20 s", mode: "lose", forMs: 20_000, latestMs: 75_000 },
  {
    name: "isolates end with a send under way for 20 s",
    mode: "hang",
    forMs: 20_000,
    latestMs: 75_000,
  },
  { name: "each claim comes twice", mode: "twice", latestMs: 15_000 },
  { name: "claims come late and in another order", mode: "late", latestMs: 25_000 },
  { name: "two consumers get each batch at once", mode: "together", latestMs: 15_000, short: true },
];
/** An acknowledgement must not wait for the queue. */
const SLOWEST_ANSWER_MS = 5_000;

export const claims: Scenario = {
  name: "claims",
  tries:
    "a queue that refuses, loses, doubles, delays or reorders claims; isolates that end while they send; two consumers at once",
  variants: TROUBLES.map(variantOf),
};

function variantOf({ name, mode, forMs, latestMs, short }: Trouble): Variant {
  return {
    name,
    short: short === true,
    work: async (world, seed) => {
      world.langfuse.behave(slow(seed, 1_000));
      world.faults.push(`${mode} ${forMs}`);
      await world.order("queue", { mode, seed });
      const now = Date.now();
      const plan = planOf({ seed, now, sessions: 15, turns: 5, turnPauseMs: 3_000 });
      const trouble = forMs === undefined ? undefined : setTimeout(forMs);
      await world.run(plan, 60_000);
      await trouble;
      if (forMs !== undefined) await world.order("queue", { mode: "well", seed });
      await world.arrival(latestMs);
      const lateMs = world.lateness();
      const { slowestMs } = world.notes;
      const late: string[] = [];
      if (lateMs > latestMs + (forMs ?? 0)) late.push(`a record waited ${lateMs} ms`);
      if (slowestMs > SLOWEST_ANSWER_MS) late.push(`an answer took ${slowestMs} ms`);
      return {
        broken: [],
        late,
        figures: {
          "latest record, s": Math.round(lateMs / 100) / 10,
          "slowest answer, ms": slowestMs,
        },
      };
    },
  };
}
