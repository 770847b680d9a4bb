// Records that Langfuse, or what stands in front of it, never takes: whatever it answers to them, all others
// are delivered soon and with few requests, and the guilty die or stay alone. When the cause is mended, the dead
// are replayed, and every record arrives.
import { refusing, type Reply, slow } from "../langfuse/behaviour.ts";
import { planOf, type PlannedSession, recordsOf } from "../plan/plan.ts";
import type { Scenario, Variant } from "../scenario.ts";
import { dying } from "./dying.ts";
import { CLIENTS_MS, common, inFirst, mend, REPLIES, seconds, STREAM } from "./guilty.ts";

interface Shape {
  name: string;
  short?: true;
  plan: (seed: number) => PlannedSession[];
  /** Names of sessions with nobody guilty. */
  isHealthy: (session: string) => boolean;
  /** Most requests: for healthy turns, and for each guilty record. */
  mostRequests: number;
}

/** Sessions with a guilty first turn and two good ones, beside five healthy ones that go on for a minute. */
const beside = (guilty: number, staggered: boolean): Shape => ({
  name: `${guilty} guilty sessions ${staggered ? "one after the other" : "at once"}`,
  ...(guilty === 3 && !staggered && { short: true as const }),
  plan: (seed) => [
    ...planOf({
      ...common(seed),
      sessions: guilty,
      turns: 3,
      prefix: "guilty",
      startMs: (n) => (staggered ? n * 1_500 : 0),
      guilty: inFirst(STREAM),
    }),
    ...planOf({
      ...common(seed),
      sessions: 5,
      turns: 10,
      prefix: "healthy",
      turnPauseMs: staggered ? 10_000 : 2_000,
    }),
  ],
  isHealthy: (session) => session.startsWith("healthy"),
  mostRequests: 150 + guilty * 30,
});

/** The same with scores, which Langfuse answers one by one where it answers at all. */
const guiltyScores: Shape = {
  name: "a guilty score in each of 3 sessions",
  plan: (seed) => [
    ...planOf({
      ...common(seed),
      sessions: 3,
      turns: 3,
      prefix: "guilty",
      scores: 1,
      guilty: inFirst(["score"]),
    }),
    ...planOf({
      ...common(seed),
      sessions: 5,
      turns: 10,
      prefix: "healthy",
      scores: 1,
      turnPauseMs: 2_000,
    }),
  ],
  isHealthy: (session) => session.startsWith("healthy"),
  mostRequests: 240,
};

const SHAPES: Shape[] = [
  {
    name: "one record among 1,000",
    plan: (seed) =>
      planOf({
        ...common(seed),
        sessions: 25,
        turns: 10,
        turnPauseMs: 20,
        guilty: (session, turn) => (session === 3 && turn === 4 ? STREAM : []),
      }),
    isHealthy: (session) => !session.endsWith("-3"),
    mostRequests: 150,
  },
  {
    name: "two neighbours at the head of one session",
    plan: (seed) =>
      planOf({
        ...common(seed),
        sessions: 1,
        turns: 10,
        turnPauseMs: 0,
        guilty: inFirst(["ui", "call"]),
      }),
    isHealthy: () => false,
    mostRequests: 100,
  },
  guiltyScores,
  beside(3, false),
  beside(3, true),
  beside(20, false),
  beside(20, true),
];

/** How late an innocent record may come: beside guilty sessions, and in them. */
const HEALTHY_MS = { status: 30_000, hang: 60_000 };
const BEHIND_MS = { status: 120_000, hang: 200_000 };

export const poison: Scenario = {
  name: "poison",
  tries:
    "records that Langfuse never takes (400, 413, 422, 403, 500, a hang): one among 1,000, two neighbours, one in each of twenty sessions; dead, and replayed once the cause is mended",
  variants: [
    ...SHAPES.flatMap((shape) => REPLIES.map(([name, reply]) => variantOf(shape, name, reply))),
    ...dying,
  ],
};

function variantOf(shape: Shape, replyName: string, reply: Reply): Variant {
  const variant = `${shape.name}, ${replyName}`;
  const kind = reply.kind === "hang" ? "hang" : "status";
  return {
    name: variant,
    short: shape.short === true && replyName === "500",
    work: async (world, seed) => {
      const { langfuse } = world;
      langfuse.behave(refusing(reply, slow(seed, 200)));
      await world.run(shape.plan(seed), CLIENTS_MS);
      await world.arrival(BEHIND_MS[kind]);
      const requests = langfuse.seen.length;
      const healthyMs = world.lateness(shape.isHealthy);
      const behindMs = world.lateness((session) => !shape.isHealthy(session));
      const [broken, late]: [string[], string[]] = [[], []];
      if (healthyMs > HEALTHY_MS[kind]) late.push(`a healthy session waited ${healthyMs} ms`);
      if (behindMs > BEHIND_MS[kind]) late.push(`a record behind waited ${behindMs} ms`);
      if (requests > shape.mostRequests) late.push(`${requests} requests`);
      const guilty = recordsOf(world.plan).filter((record) => record.guilty);
      if (guilty.some(({ key }) => langfuse.taken.has(key))) broken.push("the script let one by");
      const { dead } = await world.health();
      const mended = await mend(
        world,
        guilty.map(({ key }) => key),
      );
      if (mended.ms === undefined) broken.push("once mended and replayed, not all guilty came");
      return {
        broken,
        late,
        figures: {
          "healthy waited, s": seconds(healthyMs),
          "those behind, s": seconds(behindMs),
          "requests until then": requests,
          dead,
          replayed: mended.replayed,
          "all there after it was mended, s": seconds(mended.ms ?? Number.NaN),
        },
      };
    },
  };
}
