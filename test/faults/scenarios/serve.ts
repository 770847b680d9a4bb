// `langfuse-edge serve` on one machine: its runtime, its command or both killed at any moment, or stopped in order,
// under load. What was acknowledged arrives, and only what no answer had settled is sent again.
import { setTimeout } from "node:timers/promises";
import { randomOf } from "../../fuzz/random.ts";
import { slow } from "../langfuse/behaviour.ts";
import { planOf } from "../plan/plan.ts";
import type { Scenario, Variant } from "../scenario.ts";
import { servedEdge, servedIn } from "../served.ts";
import type { Told, World } from "../world.ts";
import { takeUp } from "./releases.ts";

type End = "runtime" | "command" | "both" | "stop";

interface Form {
  name: string;
  short?: true;
  ends: number;
  /** One after the other, then anew. */
  by: readonly End[];
  /** Least and most time after its start, ms. */
  life: readonly [leastMs: number, mostMs: number];
  sessions: number;
  turns: number;
  /** Langfuse answers within this. */
  answerMs: number;
  mostTwice: number;
}

const KILLS: readonly End[] = ["runtime", "command", "both"];
const FORMS: Form[] = [
  {
    name: "6 kills of its runtime, its command, or both",
    short: true,
    ends: 6,
    by: KILLS,
    life: [50, 1_500],
    sessions: 6,
    turns: 2,
    answerMs: 50,
    mostTwice: 0.2,
  },
  {
    name: "50 kills at random moments of its runtime, its command, or both",
    ends: 50,
    by: KILLS,
    life: [50, 3_000],
    sessions: 8,
    turns: 3,
    answerMs: 1_000,
    mostTwice: 1,
  },
  {
    name: "20 stops in order, under load",
    ends: 20,
    by: ["stop"],
    life: [500, 3_000],
    sessions: 8,
    turns: 3,
    answerMs: 500,
    // What is under way is settled before it ends.
    mostTwice: 0,
  },
];
/** A turn whose edge is down for a minute is not over. */
const PATIENT = { TRACE_IDLE_SECONDS: "600" };
/** Turns that are begun in one life end in a later one. */
const CLIENTS_MS = 180_000;
const RECOVERY_MS = 60_000;

/** The folder as an earlier version left it, under this one. */
const upgrade: Variant = {
  name: "the folder of an earlier release",
  short: false,
  edge: () => servedEdge("ordered"),
  work: (world) =>
    takeUp(world, async () => {
      await endBy("stop", world);
    }),
};

export const serve: Scenario = {
  name: "serve",
  tries:
    "`langfuse-edge serve` on one machine: `kill -9` of its runtime, its command or both at random moments, stops in order, folders of earlier releases",
  variants: [...FORMS.map(variantOf), upgrade],
};

function variantOf(form: Form): Variant {
  return {
    name: form.name,
    short: form.short === true,
    edge: servedEdge,
    work: async (world, seed) => {
      const random = randomOf(seed);
      world.langfuse.behave(slow(seed, form.answerMs));
      await world.kill();
      await world.start(PATIENT);
      const clients: Promise<void>[] = [];
      for (let n = 0; n < form.ends; n += 1) {
        const { sessions, turns } = form;
        const plan = planOf({ seed, now: Date.now(), sessions, turns, prefix: `s${n}-` });
        clients.push(world.run(plan, CLIENTS_MS));
        const [leastMs, mostMs] = form.life;
        const lifeMs = leastMs + random.below(mostMs - leastMs + 1);
        const end = form.by[n % form.by.length] ?? "both";
        world.faults.push(`${end} after ${lifeMs}`);
        await setTimeout(lifeMs);
        await endBy(end, world);
      }
      const last = Date.now();
      await Promise.all(clients);
      await world.arrival(2 * RECOVERY_MS);
      return told(world, form, Date.now() - last);
    },
  };
}

async function endBy(end: End, world: World): Promise<void> {
  const edge = servedIn(world);
  switch (end) {
    case "runtime":
      world.kills.push(Date.now());
      return edge.killRuntime();
    case "command":
      world.kills.push(Date.now());
      await edge.killCommand();
      return world.start(PATIENT);
    case "both":
      await world.kill();
      return world.start(PATIENT);
    case "stop": {
      const code = await edge.stop();
      if (code !== 0) throw new Error(`it ended with ${code}`);
      return world.start(PATIENT);
    }
  }
}

function told({ langfuse }: World, form: Form, recoveredMs: number): Told {
  const twice = langfuse.copies.length - langfuse.taken.size;
  const share = twice / Math.max(1, langfuse.taken.size);
  const late: string[] = [];
  if (recoveredMs > RECOVERY_MS) late.push(`all was there ${recoveredMs} ms after`);
  if (share > form.mostTwice) late.push(`${twice} of ${langfuse.taken.size} sent twice`);
  return {
    broken: [],
    late,
    figures: {
      ends: form.ends,
      "all there after, s": Math.round(recoveredMs / 100) / 10,
      "twice, %": Math.round(share * 1000) / 10,
    },
  };
}
