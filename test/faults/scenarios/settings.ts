// What somebody has to repair: keys that are revoked and restored, or replaced; a base URL that leads
// nowhere, then to Langfuse. Nothing is lost meanwhile, and all arrives once it is repaired.
import { KEYS } from "../../support/post.ts";
import { planOf } from "../plan/plan.ts";
import type { Scenario, Variant } from "../scenario.ts";
import type { World } from "../world.ts";

const BROKEN_MS = 20_000;
const REPAIRED_MS = 90_000;
const MOST_REQUESTS = 40;

interface Mistake {
  name: string;
  short?: true;
  vars?: (world: World) => Record<string, string>;
  before?: (world: World) => void;
  repair: (world: World) => Promise<void>;
}

const MISTAKES: Mistake[] = [
  {
    name: "keys revoked, then restored",
    short: true,
    before: ({ langfuse }) => langfuse.useKey("sk-lf-other"),
    repair: async ({ langfuse }) => langfuse.useKey(KEYS.secretKey),
  },
  {
    name: "keys replaced, then the edge is given the new one",
    before: ({ langfuse }) => langfuse.useKey("sk-lf-new"),
    repair: async ({ kill, start }) => {
      await kill();
      await start({ LANGFUSE_SECRET_KEY: "sk-lf-new" });
    },
  },
  {
    name: "a base URL that leads nowhere, then the right one",
    vars: ({ langfuse }) => ({ LANGFUSE_BASE_URL: `${langfuse.url}/elsewhere` }),
    repair: async ({ kill, start }) => {
      await kill();
      await start();
    },
  },
  {
    name: "a base URL where nobody listens, then the right one",
    // The discard port: nothing listens there.
    vars: () => ({ LANGFUSE_BASE_URL: "http://127.0.0.1:9" }),
    repair: async ({ kill, start }) => {
      await kill();
      await start();
    },
  },
];

export const settings: Scenario = {
  name: "settings",
  tries: "keys revoked and restored, or replaced; a base URL that is wrong, then right",
  variants: MISTAKES.map(variantOf),
};

function variantOf({ name, short, vars, before, repair }: Mistake): Variant {
  return {
    name,
    short: short === true,
    work: async (world, seed) => {
      if (vars !== undefined) {
        await world.kill();
        await world.start(vars(world));
      }
      before?.(world);
      const now = Date.now();
      const plan = planOf({ seed, now, sessions: 8, turns: 4, turnPauseMs: BROKEN_MS / 4 });
      await world.run(plan, 2 * BROKEN_MS);
      const requests = world.langfuse.seen.length;
      const [broken, late]: [string[], string[]] = [[], []];
      if (world.langfuse.taken.size > 0) broken.push("something passed with wrong keys");
      if (requests > MOST_REQUESTS) late.push(`${requests} requests before it was repaired`);
      await repair(world);
      const repairedMs = await world.arrival(2 * REPAIRED_MS);
      if (repairedMs > REPAIRED_MS) late.push(`all was there ${repairedMs} ms after`);
      const { dead } = await world.health();
      if (dead !== 0) broken.push(`${dead} dead`);
      return {
        broken,
        late,
        figures: {
          "requests before": requests,
          "all there after, s": Math.round(repairedMs / 100) / 10,
        },
      };
    },
  };
}
