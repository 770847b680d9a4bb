// Exports of OpenTelemetry and batches of older SDKs: acknowledged, and then the runtime is killed before, in and after
// their delivery; or rolled back to a version that knows of no complete spans.
import { setTimeout } from "node:timers/promises";
import { until } from "../../support/until.ts";
import { pendingOf } from "../clients.ts";
import { always, slow } from "../langfuse/behaviour.ts";
import { planOf as chatsOf, type PlannedSession } from "../plan/plan.ts";
import { exportersOf, oldersOf } from "../plan/writers.ts";
import type { Scenario } from "../scenario.ts";
import { BEFORE_SPANS } from "../version.ts";
import type { Told, World } from "../world.ts";

const CLIENTS_MS = 60_000;
/** An older SDK's trace has no end: it is idle after this. */
const SOON = { TRACE_IDLE_SECONDS: "15", LANGFUSE_FLUSH_INTERVAL: "5" };
/** A lease that nobody settles, and what an idle trace waits, after the last kill. */
const LATEST_MS = 90_000;
/** A version that can't read a journal looks again after this whether one is there that can. */
const LOOK_MS = 3_600_000;
/** Longer than a claim takes to be served. */
const DELIVERY_MS = 6_000;

const planOf = (seed: number, prefix: string, writers: number): PlannedSession[] => {
  const options = { seed, now: Date.now(), writers };
  return [
    ...exportersOf({ ...options, prefix: `otel-${prefix}` }),
    ...oldersOf({ ...options, prefix: `old-${prefix}` }),
  ];
};

async function told(world: World, kills: number): Promise<Told> {
  const { langfuse } = world;
  const last = Date.now();
  await world.arrival(LATEST_MS);
  const lastMs = Math.max(0, ...langfuse.copies.map(({ at }) => at)) - last;
  const twice = langfuse.copies.length - langfuse.taken.size;
  const broken = world.kills.length < kills ? ["too few kills"] : [];
  const unread = world.edge.log().filter((line) => /_unknown|unreadable/.test(line));
  if (unread.length > 0) broken.push(`${unread.length} journals name unknown records`);
  return {
    broken,
    figures: {
      "all there after, s": Math.round(lastMs / 100) / 10,
      "sent twice": twice,
    },
  };
}

async function killed(world: World, seed: number): Promise<Told> {
  const { langfuse } = world;
  await world.kill();
  await world.start(SOON);
  // All is acknowledged, and nothing of it delivered.
  langfuse.behave(always({ kind: "hang" }));
  await world.run(planOf(seed, "a", 6), CLIENTS_MS);
  await world.kill();
  // Langfuse takes what it gets, and the runtime does not hear of it.
  let posts = 0;
  langfuse.behave(() => {
    posts += 1;
    return { kind: "taken" };
  });
  await world.start(SOON);
  await world.run(planOf(seed, "b", 6), CLIENTS_MS);
  await until(() => posts > 0, LATEST_MS);
  await world.kill();
  // In the midst of what is delivered.
  langfuse.behave(slow(seed, 300));
  await world.start(SOON);
  const clients = world.run(planOf(seed, "c", 6), CLIENTS_MS);
  await setTimeout(2_500);
  await world.kill();
  await world.start(SOON);
  await clients;
  return told(world, 4);
}

async function rolledBack(world: World, seed: number): Promise<Told> {
  const { langfuse } = world;
  await world.kill();
  await world.start(SOON);
  langfuse.behave(always({ kind: "status", status: 503 }));
  await world.run(planOf(seed, "a", 6), CLIENTS_MS);
  // Spans wait. The other version delivers what it knows, and leaves alone what it does not.
  await world.kill();
  await world.start(SOON, { version: BEFORE_SPANS });
  langfuse.behave(slow(seed, 100));
  // Pages go on in the same sessions: what would be rewritten here loses what is not understood.
  const options = { seed, now: world.now(), sessions: 6, turns: 1, prefix: "otel-a" };
  const pages = world.run(chatsOf(options), CLIENTS_MS);
  await setTimeout(DELIVERY_MS);
  await world.jump(LOOK_MS, "clients too");
  for (const { session } of world.plan) {
    await pendingOf(world.asked(), session, true).catch(() => undefined);
  }
  await setTimeout(2 * DELIVERY_MS);
  const others = langfuse.copies.length;
  const early = langfuse.copies.filter(({ facts }) => String(facts["name"]).startsWith("step"));
  await world.kill();
  await world.start(SOON);
  await world.jump(LOOK_MS, "clients too");
  await pages;
  const exported = world.plan.filter(({ session }) => session.startsWith("otel-"));
  for (const { session } of exported) await pendingOf(world.asked(), session, true);
  const { broken, ...rest } = await told(world, 3);
  if (early.length > 0) broken.push("a version before spans delivered some");
  const { figures = {} } = rest;
  return { broken, figures: { ...figures, "delivered before the upgrade": others } };
}

export const writers: Scenario = {
  name: "writers",
  tries:
    "OpenTelemetry's exports and older SDKs' batches, killed before, in and after a delivery; a rollback to a version before complete spans",
  variants: [
    { name: "acknowledged, then killed", short: true, work: killed },
    { name: "rolled back while spans wait, then upgraded", short: false, work: rolledBack },
  ],
};
