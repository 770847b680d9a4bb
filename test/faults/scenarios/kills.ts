// `kill -9` of the runtime at random moments under load: nothing acknowledged is lost, and only what no
// answer had settled is sent again, in the same bytes.
import { setTimeout } from "node:timers/promises";
import { randomOf } from "../../fuzz/random.ts";
import { slow } from "../behaviour.ts";
import { planOf } from "../plan.ts";
import type { Scenario } from "../scenario.ts";
import { inWorld } from "../world.ts";

type Life = readonly [leastMs: number, mostMs: number];

interface Kills {
  name: string;
  short?: true;
  kills: number;
  /** Least and most time between a start and the next kill, ms; one after the other, then anew. */
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
const FORMS: Kills[] = [
  {
    name: "8 kills at random moments",
    short: true,
    kills: 8,
    // So short that nothing is delivered, but for one that ends in the midst of a delivery.
    lives: [
      SHORT_LIFE,
      SHORT_LIFE,
      SHORT_LIFE,
      [2_600, 3_200],
      SHORT_LIFE,
      SHORT_LIFE,
      SHORT_LIFE,
      SHORT_LIFE,
    ],
    sessions: 3,
    turns: 2,
    answerMs: 1_500,
    // The delivery may be all that was there, and end before its answer.
    mostTwice: 1,
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
    lives: [[2_000, 2_000]],
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
    lives: [[50, 5_000]],
    sessions: 6,
    turns: 4,
    answerMs: 2_000,
    // A life lets one or two POSTs go out, and half of them have no answer when it ends; so with what is sent
    // again: on average each record is in one that is killed.
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
/** A life in which nothing is posted ends nevertheless. */
const NO_POST_MS = 20_000;
/** Turns that are begun in one life end in a later one. */
const CLIENTS_MS = 120_000;

export const kills: Scenario = {
  name: "kills",
  variants: FORMS.map((form) => ({
    name: form.name,
    short: form.short === true,
    run: (seed) =>
      inWorld({ scenario: "kills", variant: form.name, seed }, async (world) => {
        const random = randomOf(seed);
        const { langfuse } = world;
        langfuse.behave(slow(seed, form.answerMs));
        const clients: Promise<void>[] = [];
        for (let n = 0; n < form.kills; n += 1) {
          const { sessions, turns } = form;
          const plan = planOf({ seed, now: Date.now(), sessions, turns, prefix: `k${n}-` });
          clients.push(world.run(plan, CLIENTS_MS));
          const [leastMs, mostMs] = form.lives[n % form.lives.length] ?? SHORT_LIFE;
          const sinceMs = Date.now() - (world.kills.at(-1) ?? Date.now());
          const restMs = (form.everyMs ?? 0) - sinceMs - leastMs;
          if (restMs > 0) await setTimeout(restMs);
          if (form.afterPost) await langfuse.next(NO_POST_MS);
          await setTimeout(leastMs + random.below(mostMs - leastMs + 1));
          await world.kill();
          await world.start();
        }
        const last = Date.now();
        await Promise.all(clients);
        await world.arrival(2 * form.recoveryMs - (Date.now() - last));
        const recoveredMs = Date.now() - last;
        const copies = langfuse.copies.length;
        const twice = copies - langfuse.taken.size;
        const share = twice / Math.max(1, langfuse.taken.size);
        const broken: string[] = [];
        if (recoveredMs > form.recoveryMs) broken.push(`all was there ${recoveredMs} ms after`);
        if (share > form.mostTwice) broken.push(`${twice} of ${langfuse.taken.size} sent twice`);
        if (clients.length !== form.kills) broken.push("too few kills");
        return {
          broken,
          figures: { "all there after, s": seconds(recoveredMs), "twice, %": percent(share) },
        };
      }),
  })),
};

const seconds = (ms: number): number => Math.round(ms / 100) / 10;
const percent = (share: number): number => Math.round(share * 1000) / 10;
