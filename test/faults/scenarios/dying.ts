// Records that Langfuse never takes, tried while others are taken until each is dead; then the cause is mended and
// they are replayed.
import { setTimeout } from "node:timers/promises";
import { refusing, type Reply, slow } from "../langfuse/behaviour.ts";
import { planOf, recordsOf } from "../plan/plan.ts";
import type { Variant } from "../scenario.ts";
import { CLIENTS_MS, common, inFirst, mend, REPLIES, seconds, STREAM } from "./guilty.ts";

/** Rounds of a minute each, by the edge's clock: a record dies after ten failures in five minutes at the least. */
const ROUNDS = 40;
const ROUND_MS = 60_000;
/** A request that hangs is given up before the clock jumps. */
const ROUND_WAIT_MS = { status: 1_000, hang: 17_000 };

function untilDead(staggered: boolean, replyName: string, reply: Reply): Variant {
  const kind = reply.kind === "hang" ? "hang" : "status";
  return {
    name: `3 guilty sessions ${staggered ? "one after the other" : "at once"}, until they are dead, ${replyName}`,
    short: false,
    work: async (world, seed) => {
      const { langfuse } = world;
      langfuse.behave(refusing(reply, slow(seed, 200)));
      const options = { sessions: 3, turns: 2, prefix: "guilty", guilty: inFirst(STREAM) };
      const startMs = (n: number): number => (staggered ? n * 1_500 : 0);
      await world.run(planOf({ ...common(seed), ...options, startMs }), CLIENTS_MS);
      const guilty = recordsOf(world.plan).filter((record) => record.guilty);
      let { dead } = await world.health();
      let rounds = 0;
      for (; dead < guilty.length && rounds < ROUNDS; rounds += 1) {
        const others = { sessions: 1, turns: 1, prefix: `others${rounds}-` };
        await world.run(planOf({ ...common(seed), now: world.now(), ...others }), CLIENTS_MS);
        await setTimeout(ROUND_WAIT_MS[kind]);
        await world.jump(ROUND_MS, "clients too");
        await setTimeout(ROUND_WAIT_MS[kind]);
        ({ dead } = await world.health());
      }
      const broken: string[] = [];
      if (dead !== guilty.length) broken.push(`${dead} of ${guilty.length} guilty are dead`);
      if (guilty.some(({ key }) => langfuse.taken.has(key))) broken.push("the script let one by");
      const mended = await mend(
        world,
        guilty.map(({ key }) => key),
      );
      if (mended.ms === undefined) broken.push("once mended and replayed, not all guilty came");
      if (mended.replayed < guilty.length) broken.push(`${mended.replayed} were replayed`);
      return {
        broken,
        figures: {
          minutes: rounds,
          dead,
          replayed: mended.replayed,
          "all there after it was mended, s": seconds(mended.ms ?? Number.NaN),
        },
      };
    },
  };
}

export const dying: readonly Variant[] = [false, true].flatMap((staggered) =>
  REPLIES.map(([name, reply]) => untilDead(staggered, name, reply)),
);
