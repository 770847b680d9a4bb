// SAMPLING through kills and redelivery: a trace arrives whole or not at all, what was left out is counted once, and
// the books balance.
import { setTimeout } from "node:timers/promises";
import { slow } from "../langfuse/behaviour.ts";
import { type PlannedSession, type PlannedTurn, planOf } from "../plan/plan.ts";
import { traceIdOf } from "../plan/records.ts";
import type { Scenario, Variant } from "../scenario.ts";
import type { World } from "../world.ts";

const SHARE = 0.4;
const WEIGHT = "2.5";
/** Scored turns are kept; a score comes before the end here, and none is waited for. */
const RULES = { rules: [{ scored: true }], share: SHARE, scoreWaitSeconds: 0 };
const VARS = { SAMPLING: JSON.stringify(RULES), TRACE_IDLE_SECONDS: "600" };
const CLIENTS_MS = 90_000;
const ARRIVAL_MS = 100_000;
/** Of a life, after its start. */
const LIVES_MS = [2_500, 600, 4_000, 1_500] as const;

export const sampling: Scenario = {
  name: "sampling",
  tries: "SAMPLING while the runtime is killed, consumers die and claims come twice",
  variants: [
    variantOf("4 kills, and each claim comes twice", true, async (world, seed, turns) => {
      await world.order("queue", { mode: "twice", seed });
      const clients = world.run(turns, CLIENTS_MS);
      for (const lifeMs of LIVES_MS) {
        world.faults.push(`kill after ${lifeMs}`);
        await setTimeout(lifeMs);
        await world.kill();
        await world.start(VARS);
        await world.order("queue", { mode: "twice", seed });
      }
      await clients;
    }),
    variantOf(
      "a consumer of four in ten dies before it settles",
      false,
      async (world, seed, turns) => {
        await world.order("consumer", { mode: "dies before it settles", seed });
        await world.run(turns, CLIENTS_MS);
        await world.arrival(ARRIVAL_MS);
        await world.order("consumer", { mode: "well", seed });
      },
    ),
    variantOf(
      "a consumer of four in ten dies after it settled",
      false,
      async (world, seed, turns) => {
        await world.order("consumer", { mode: "dies after it settled", seed });
        await world.run(turns, CLIENTS_MS);
        await world.arrival(ARRIVAL_MS);
        await world.order("consumer", { mode: "well", seed });
      },
    ),
  ],
};

function variantOf(
  name: string,
  short: boolean,
  trouble: (world: World, seed: number, turns: readonly PlannedSession[]) => Promise<void>,
): Variant {
  return {
    name,
    short,
    work: async (world, seed) => {
      world.langfuse.behave(slow(seed, 500));
      await world.kill();
      await world.start(VARS);
      const now = Date.now();
      const plan = planOf({ seed, now, sessions: 8, turns: 5, turnPauseMs: 1_500, scores: 0.3 });
      const turns = plan.flatMap((session) => session.turns);
      const leftOut = turns.filter((turn) => !isKept(turn));
      for (const { records } of leftOut) for (const { key } of records) world.leftOut.add(key);
      await trouble(world, seed, plan);
      await world.arrival(ARRIVAL_MS);
      const broken = weightFaults(world, turns);
      if (leftOut.length === 0 || leftOut.length === turns.length)
        broken.push("nothing was sampled");
      return {
        broken,
        figures: { "turns left out": leftOut.length, turns: turns.length },
      };
    },
  };
}

const isScored = ({ records }: PlannedTurn): boolean =>
  records.some(({ kind }) => kind === "score");

/** The published rule (docs/sampling.md), computed anew. */
function isKept(turn: PlannedTurn): boolean {
  if (isScored(turn)) return true;
  const low = BigInt(`0x${traceIdOf(turn.traceId).slice(16)}`);
  return low < BigInt(Math.round(SHARE * 2 ** 64));
}

/** A kept trace says how many it stands for, where not all like it are kept. */
function weightFaults({ langfuse }: World, turns: readonly PlannedTurn[]): string[] {
  const texts = new Map(langfuse.copies.map(({ key, text }) => [key, text]));
  return turns.filter(isKept).flatMap((turn) => {
    const [root] = turn.records;
    const text = texts.get(root?.key ?? "") ?? "";
    const weight = /langfuse_edge_weight[^}]*?"stringValue":"([^"]*)"/.exec(text)?.[1];
    const wanted = isScored(turn) ? undefined : WEIGHT;
    return text === "" || weight === wanted ? [] : [`${turn.traceId} has the weight ${weight}`];
  });
}
