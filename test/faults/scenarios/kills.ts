// `kill -9` of the runtime at random moments under load: nothing acknowledged is lost, and only what no
// answer had settled is sent again, in the same bytes.
import { setTimeout } from "node:timers/promises";
import { until } from "../../support/until.ts";
import { randomOf } from "../../fuzz/random.ts";
import { type Behaviour, slow } from "../langfuse/behaviour.ts";
import { planOf } from "../plan/plan.ts";
import type { Scenario, Variant } from "../scenario.ts";
import type { Told, World } from "../world.ts";

/**
 * The end of a life: least and most time after its start, ms; or while Langfuse has a POST of a single turn
 * and has not answered.
 */
type Life = readonly [leastMs: number, mostMs: number] | "in a POST";

interface Kills {
  name: string;
  short?: true;
  kills: number;
  /** One after the other, then anew. */
  lives: readonly Life[];
  /** Least time between two kills. */
  everyMs?: number;
  /** A life ends so long after a POST came to Langfuse, not after its start. */
  afterPost?: true;
  /** Chat turns that begin in each life. */
  sessions: number;
  turns: number;
  /** Langfuse answers within this. */
  answerMs: number;
  mostTwice: number;
  recoveryMs: number;
}

/** Little more than a start. */
const SHORT_LIFE: Life = [50, 500];
/** A life ends before its first delivery. */
const TWO_SECONDS: Life = [2_000, 2_000];
const FORMS: Kills[] = [
  {
    name: "6 kills, two of them in the midst of a POST",
    short: true,
    kills: 6,
    lives: ["in a POST", TWO_SECONDS, SHORT_LIFE, "in a POST", SHORT_LIFE, TWO_SECONDS],
    sessions: 8,
    turns: 2,
    answerMs: 50,
    // Two turns.
    mostTwice: 0.06,
    recoveryMs: 45_000,
  },
  {
    name: "50 kills, one every two seconds",
    kills: 50,
    // From kill to kill, the start included.
    everyMs: 2_000,
    lives: [[500, 500]],
    sessions: 12,
    turns: 4,
    answerMs: 2_000,
    mostTwice: 0.06,
    recoveryMs: 45_000,
  },
  {
    name: "50 kills, each two seconds after the start",
    kills: 50,
    lives: [TWO_SECONDS],
    sessions: 12,
    turns: 4,
    answerMs: 2_000,
    // The first claims of a life are served as it ends: of what is posted then, half has no answer yet.
    mostTwice: 0.6,
    recoveryMs: 45_000,
  },
  {
    name: "200 kills at random moments",
    kills: 200,
    // One in five lasts long enough for deliveries.
    lives: [SHORT_LIFE, SHORT_LIFE, [50, 1_500], SHORT_LIFE, [2_000, 5_000]],
    sessions: 4,
    turns: 3,
    answerMs: 2_000,
    // Such a life lets one or two POSTs go out, and half of them have no answer when it ends; so with what is
    // sent again: on average each record is in one that is killed.
    mostTwice: 1.5,
    recoveryMs: 45_000,
  },
  {
    name: "25 kills between a POST and what follows its answer",
    kills: 25,
    lives: [[0, 700]],
    afterPost: true,
    sessions: 4,
    turns: 3,
    answerMs: 500,
    // Each life ends in the midst of a delivery: what it held is sent again, at most a few times.
    mostTwice: 1,
    recoveryMs: 45_000,
  },
];
/** A turn whose edge is down for a minute is not over. */
const PATIENT = { TRACE_IDLE_SECONDS: "600" };
/** A life in which nothing is posted ends nevertheless. */
const NO_POST_MS = 20_000;
/** Turns that are begun in one life end in a later one. */
const CLIENTS_MS = 120_000;
/** Turns that come one by one, until Langfuse has a POST of a single one; how far apart. */
const LONE_TURNS = 6;
const LONE_TURN_EVERY_MS = 1_500;
/** Records of a single turn, and of one that has a score as well. */
const MOST_OF_A_TURN = 5;

export const kills: Scenario = {
  name: "kills",
  tries:
    "`kill -9` of the runtime with its queue under load: at random moments, every two seconds, in the midst of a POST",
  variants: FORMS.map(variantOf),
};

function variantOf(form: Kills): Variant {
  return {
    name: form.name,
    short: form.short === true,
    work: async (world, seed) => {
      const random = randomOf(seed);
      const { langfuse } = world;
      const answers = slow(seed, form.answerMs);
      langfuse.behave(answers);
      await world.edge.kill();
      await world.start(PATIENT);
      const clients: Promise<void>[] = [];
      for (let n = 0; n < form.kills; n += 1) {
        const { sessions, turns } = form;
        const plan = planOf({ seed, now: Date.now(), sessions, turns, prefix: `k${n}-` });
        clients.push(world.run(plan, CLIENTS_MS));
        const life = form.lives[n % form.lives.length] ?? SHORT_LIFE;
        if (life === "in a POST") {
          world.faults.push(life);
          await untilInPost(world, seed, n, { answers, clients });
        } else {
          const [leastMs, mostMs] = life;
          const lifeMs = leastMs + random.below(mostMs - leastMs + 1);
          world.faults.push(`kill after ${lifeMs}`);
          const sinceMs = Date.now() - (world.kills.at(-1) ?? Date.now());
          const restMs = (form.everyMs ?? 0) - sinceMs - leastMs;
          if (restMs > 0) await setTimeout(restMs);
          if (form.afterPost) await langfuse.next(NO_POST_MS);
          await setTimeout(lifeMs);
        }
        await world.kill();
        langfuse.behave(answers);
        await world.start(PATIENT);
      }
      const last = Date.now();
      await Promise.all(clients);
      await world.arrival(2 * form.recoveryMs);
      return told(world, form, Date.now() - last);
    },
  };
}

/** Turns one by one, until Langfuse has a POST of a single one, which it never answers. */
async function untilInPost(
  world: World,
  seed: number,
  n: number,
  { answers, clients }: { answers: Behaviour; clients: Promise<void>[] },
): Promise<void> {
  let held = false;
  world.langfuse.behave((asked) => {
    if (held || asked.records > MOST_OF_A_TURN) return answers(asked);
    held = true;
    return { kind: "taken" };
  });
  const plan = planOf({
    seed,
    now: Date.now(),
    sessions: LONE_TURNS,
    turns: 1,
    prefix: `alone${n}-`,
    startMs: (turn) => turn * LONE_TURN_EVERY_MS,
  });
  clients.push(world.run(plan, CLIENTS_MS));
  await until(() => held, LONE_TURNS * LONE_TURN_EVERY_MS + NO_POST_MS);
}

function told({ langfuse, kills: killed }: World, form: Kills, recoveredMs: number): Told {
  const twice = langfuse.copies.length - langfuse.taken.size;
  const share = twice / Math.max(1, langfuse.taken.size);
  const [broken, late]: [string[], string[]] = [[], []];
  if (recoveredMs > form.recoveryMs) late.push(`all was there ${recoveredMs} ms after`);
  if (share > form.mostTwice) late.push(`${twice} of ${langfuse.taken.size} sent twice`);
  if (killed.length !== form.kills) broken.push("too few kills");
  return {
    broken,
    late,
    figures: {
      "all there after, s": Math.round(recoveredMs / 100) / 10,
      "twice, %": Math.round(share * 1000) / 10,
    },
  };
}
