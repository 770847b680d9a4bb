// Upgrade and rollback: sessions that one version began are gone on with by another, with other bounds, other
// settings or another journal format, and then by the first one again. Nothing is lost, and nothing goes out
// again that was settled.
import { setTimeout } from "node:timers/promises";
import { pendingOf } from "../clients.ts";
import { slow } from "../langfuse/behaviour.ts";
import { planOf } from "../plan/plan.ts";
import type { Scenario, Variant } from "../scenario.ts";
import { LATER_FORMAT, OTHER_BOUNDS, type Version } from "../version.ts";
import { releases } from "./releases.ts";

interface Life {
  /** Of this version where none is named. */
  version?: Version;
  vars?: Record<string, string>;
}

interface Change {
  name: string;
  short?: true;
  /** One after the other, each for a while under load. */
  lives: Life[];
  /** After the last one, in the end. */
  latestMs: number;
}

/** Such that turns of a session are still complete one after the other. */
const OTHER_SETTINGS = {
  LANGFUSE_FLUSH_AT: "50",
  LANGFUSE_FLUSH_INTERVAL: "20",
  TRACE_IDLE_SECONDS: "10",
  OPEN_OBSERVATION_IDLE_SECONDS: "20",
};
const now: Life = {};
const later: Life = { version: LATER_FORMAT };

const CHANGES: Change[] = [
  {
    name: "other bounds and settings, and back, twice",
    lives: [
      now,
      { version: OTHER_BOUNDS, vars: OTHER_SETTINGS },
      now,
      { version: OTHER_BOUNDS },
      now,
    ],
    latestMs: 60_000,
  },
  {
    name: "a later journal format, rolled back, then upgraded again",
    short: true,
    lives: [now, later, now, later],
    latestMs: 60_000,
  },
];
const LIFE_MS = 6_000;
const CLIENTS_MS = 120_000;
/** A version that can't read a journal looks again after this whether one is there that can. */
const LOOK_MS = 3_600_000;

export const versions: Scenario = {
  name: "versions",
  tries:
    "upgrade and rollback: other bounds, other settings, a later journal format, journals of earlier releases",
  variants: [...CHANGES.map(variantOf), releases],
};

function variantOf({ name, short, lives, latestMs }: Change): Variant {
  return {
    name,
    short: short === true,
    work: async (world, seed) => {
      const { langfuse } = world;
      langfuse.behave(slow(seed, 500));
      const clients: Promise<void>[] = [];
      for (const [n, { version, vars }] of lives.entries()) {
        world.faults.push(`life ${n}`);
        await world.kill();
        await world.start(vars, version && { version });
        const options = { seed, sessions: 6, turns: 4, turnPauseMs: 3_000, prefix: `v${n}-` };
        clients.push(world.run(planOf({ ...options, now: Date.now() }), CLIENTS_MS));
        await setTimeout(LIFE_MS);
      }
      await Promise.all(clients);
      const last = Date.now();
      // Those to whom nobody writes any more are found by their alarm.
      await world.jump(LOOK_MS);
      for (const { session } of world.plan) await pendingOf(world.asked(), session, true);
      await world.arrival(2 * latestMs);
      const lastMs = Math.max(...langfuse.copies.map(({ at }) => at)) - last;
      const late = lastMs > latestMs ? [`all was there ${lastMs} ms after`] : [];
      const broken: string[] = [];
      const unread = world.edge.log().filter((line) => /journal_unknown|settle_unknown/.test(line));
      if (unread.length > 0) broken.push(`${unread.length} journals name unknown records`);
      return {
        broken,
        late,
        figures: {
          versions: lives.length,
          "all there after, s": Math.round(lastMs / 100) / 10,
        },
      };
    },
  };
}
