// Records that Langfuse, or what stands in front of it, never takes: whatever it answers to them, all others
// are delivered soon and with few requests, and the guilty die or stay alone. When the cause is mended, the dead
// are replayed, and every record arrives.
import { setTimeout } from "node:timers/promises";
import { until } from "../../support/until.ts";
import { replayAll } from "../clients.ts";
import { refusing, type Reply, slow, status, well } from "../langfuse/behaviour.ts";
import { planOf, type PlannedSession, type PlanOptions, recordsOf } from "../plan/plan.ts";
import type { Scenario, Variant } from "../scenario.ts";
import type { Part } from "../plan/turn.ts";
import type { World } from "../world.ts";

const REPLIES: [name: string, Reply][] = [
  ["400", status(400, { body: '{"error":"1 span(s) cannot be processed"}' })],
  ["400 without words", status(400, { body: "{}" })],
  ["413", status(413, { body: "too large" })],
  ["422", status(422)],
  ["403", status(403, { body: "blocked" })],
  ["500", status(500)],
  ["hang", { kind: "hang" }],
];

interface Shape {
  name: string;
  short?: true;
  plan: (seed: number) => PlannedSession[];
  /** Names of sessions with nobody guilty. */
  isHealthy: (session: string) => boolean;
  /** Most requests: for healthy turns, and for each guilty record. */
  mostRequests: number;
}

const STREAM: readonly Part[] = ["stream"];
const inFirst = (parts: readonly Part[]) => (_session: number, turn: number) =>
  turn === 0 ? parts : [];

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

const common = (seed: number): Pick<PlanOptions, "seed" | "now" | "pauseMs" | "scores"> => ({
  seed,
  now: Date.now(),
  pauseMs: 5,
  scores: 0.2,
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

const CLIENTS_MS = 150_000;
/** How late an innocent record may come: beside guilty sessions, and in them. */
const HEALTHY_MS = { status: 30_000, hang: 60_000 };
const BEHIND_MS = { status: 120_000, hang: 200_000 };
const MENDED_MS = 120_000;
const REPLAY_EVERY_MS = 500;

export const poison: Scenario = {
  name: "poison",
  tries:
    "records that Langfuse never takes (400, 413, 422, 403, 500, a hang): one among 1,000, two neighbours, one in each of twenty sessions",
  variants: SHAPES.flatMap((shape) =>
    REPLIES.map(([name, reply]) => variantOf(shape, name, reply)),
  ),
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
      const broken: string[] = [];
      if (healthyMs > HEALTHY_MS[kind]) broken.push(`a healthy session waited ${healthyMs} ms`);
      if (behindMs > BEHIND_MS[kind]) broken.push(`a record behind waited ${behindMs} ms`);
      if (requests > shape.mostRequests) broken.push(`${requests} requests`);
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

/** Langfuse takes everything: what is not dead comes by itself, and what is dead once it is replayed. */
async function mend(
  { langfuse, asked }: World,
  guilty: readonly string[],
): Promise<{ ms?: number; replayed: number }> {
  langfuse.behave(well);
  const began = Date.now();
  let replayed = 0;
  const isThere = async (): Promise<boolean> => {
    if (guilty.every((key) => langfuse.taken.has(key))) return true;
    replayed += await replayAll(asked());
    await setTimeout(REPLAY_EVERY_MS);
    return false;
  };
  const all = await until(isThere, MENDED_MS).catch(() => false);
  return { replayed, ...(all && { ms: Date.now() - began }) };
}

const seconds = (ms: number): number => Math.round(ms / 100) / 10;
