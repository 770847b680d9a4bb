// A Langfuse that refuses everything and then takes everything, from one request to the next and so in the
// midst of a pass: what it refused a moment before is not at fault, so nothing dies, and all arrives, in order but for what was refused.
import { type Reply, status } from "../langfuse/behaviour.ts";
import { planOf } from "../plan/plan.ts";
import type { Scenario, Variant } from "../scenario.ts";

const REPLIES: [name: string, Reply][] = [
  ["400 without words", status(400, { body: "{}" })],
  ["400 about the request", status(400, { body: "Invalid JSON" })],
  ["403", status(403)],
  ["500", status(500)],
];
/** Requests that are refused before the first that is taken, one round after the other. */
const REFUSED = [1, 2, 3, 4, 5, 6, 8, 11, 15] as const;
const ROUND_MS = 90_000;

export const flips: Scenario = {
  name: "flips",
  tries: "a Langfuse that refuses everything and then takes everything, in the midst of a delivery",
  variants: REPLIES.map(variantOf),
};

function variantOf([replyName, reply]: (typeof REPLIES)[number]): Variant {
  const name = `${replyName} to the first ${REFUSED[0]} to ${REFUSED.at(-1)} requests`;
  return {
    name,
    short: false,
    work: async (world, seed) => {
      const late: number[] = [];
      for (const refused of REFUSED) {
        world.langfuse.behave(({ n }) => (n < refused ? reply : { kind: "ok", afterMs: 20 }));
        const options = { sessions: 3, turns: 3, turnPauseMs: 400, scores: 0.6 };
        const prefix = `first${refused}-`;
        await world.run(planOf({ seed, now: Date.now(), prefix, ...options }), ROUND_MS);
        late.push(await world.arrival(ROUND_MS));
        const { dead } = await world.health();
        if (dead > 0) break;
      }
      const { dead } = await world.health();
      return {
        broken: dead > 0 ? [`${dead} dead`] : [],
        figures: {
          rounds: late.length,
          "slowest round, s": Math.round(Math.max(...late) / 100) / 10,
        },
      };
    },
  };
}
