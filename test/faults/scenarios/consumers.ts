// A consumer that dies between Langfuse's answer and the end of its settlement, while the objects live on: what
// it had is sent again, byte for byte, unless its object has the settlement; nothing is lost.
import type { ConsumerMode } from "../inside/orders.ts";
import { slow } from "../langfuse/behaviour.ts";
import { planOf } from "../plan/plan.ts";
import type { Scenario, Variant } from "../scenario.ts";

interface Death {
  mode: Exclude<ConsumerMode, "well">;
  /** How late a record may come: a lease that nobody settles is over before. */
  latestMs: number;
  /** Most copies beyond the first, to each record. */
  mostTwice: number;
}

const DEATHS: Death[] = [
  // Four in ten die: of a hundred records so many go out a second time, of those again.
  { mode: "dies before it settles", latestMs: 150_000, mostTwice: 1.2 },
  { mode: "dies after it settled", latestMs: 60_000, mostTwice: 0 },
];

export const consumers: Scenario = {
  name: "consumers",
  tries: "consumers that die between Langfuse's answer and its settlement",
  variants: DEATHS.map(variantOf),
};

function variantOf({ mode, latestMs, mostTwice }: Death): Variant {
  const name = `a consumer of four in ten ${mode}`;
  return {
    name,
    short: false,
    work: async (world, seed) => {
      const { langfuse } = world;
      langfuse.behave(slow(seed, 500));
      world.faults.push(mode);
      await world.order("consumer", { mode, seed });
      const now = Date.now();
      await world.run(planOf({ seed, now, sessions: 12, turns: 4, turnPauseMs: 3_000 }), 60_000);
      await world.arrival(latestMs);
      await world.order("consumer", { mode: "well", seed });
      const lateMs = world.lateness();
      const { deadConsumers } = await world.happened();
      const twice = langfuse.copies.length - langfuse.taken.size;
      const broken: string[] = [];
      if (lateMs > latestMs) broken.push(`a record waited ${lateMs} ms`);
      if (twice > mostTwice * langfuse.taken.size) broken.push(`${twice} sent twice`);
      if (deadConsumers === 0) broken.push("none died");
      return {
        broken,
        figures: {
          "leases whose consumer died": deadConsumers,
          "latest record, s": Math.round(lateMs / 100) / 10,
        },
      };
    },
  };
}
