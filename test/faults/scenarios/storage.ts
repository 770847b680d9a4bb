// Storage that fails at one write, whichever it is, or for a while; a journal that cannot be read. What was
// acknowledged is kept, and the objects live on.
import { setTimeout } from "node:timers/promises";
import { pendingAfter } from "../clients.ts";
import { slow } from "../langfuse/behaviour.ts";
import { planOf } from "../plan/plan.ts";
import type { Scenario } from "../scenario.ts";
import type { Told, World } from "../world.ts";

/** More than one session writes in two turns and their delivery: each write fails in one of them. */
const SESSIONS = 24;
/** That many it is at least. */
const LEAST_WRITES = 10;
const LATEST_MS = 75_000;
const FAILS_MS = 15_000;
const CLIENTS_MS = 90_000;

export const storage: Scenario = {
  name: "storage",
  tries: "each write of a turn failing once, every write for a while, journals that cannot be read",
  variants: [
    {
      name: "each write of a turn fails once",
      short: true,
      work: eachWrite,
    },
    {
      name: "every write fails for 15 s",
      short: false,
      work: noWrite,
    },
    {
      name: "journals that cannot be read",
      short: false,
      work: unreadable,
    },
  ],
};

async function eachWrite(world: World, seed: number): Promise<Told> {
  world.langfuse.behave(slow(seed, 300));
  await world.order("storage", { mode: "each once" });
  const options = { seed, sessions: SESSIONS, turns: 2, turnPauseMs: 4_000 };
  await world.run(planOf({ ...options, now: Date.now() }), CLIENTS_MS);
  await world.arrival(LATEST_MS);
  const { failedWrites } = await world.happened();
  const broken: string[] = [];
  if (failedWrites < LEAST_WRITES || failedWrites >= SESSIONS)
    broken.push(`${failedWrites} writes failed`);
  const figures = { "writes that failed": failedWrites, ...lateness(world) };
  return { broken, late: late(world, LATEST_MS), figures };
}

async function noWrite(world: World, seed: number): Promise<Told> {
  world.langfuse.behave(slow(seed, 300));
  const options = { seed, sessions: 12, turns: 5, turnPauseMs: 5_000 };
  const clients = world.run(planOf({ ...options, now: Date.now() }), CLIENTS_MS);
  await setTimeout(5_000);
  world.faults.push(`no write for ${FAILS_MS}`);
  await world.order("storage", { mode: "refuse" });
  await setTimeout(FAILS_MS);
  await world.order("storage", { mode: "well" });
  await clients;
  await world.arrival(LATEST_MS);
  const { failedWrites } = await world.happened();
  const broken: string[] = [];
  if (failedWrites === 0) broken.push("no write failed");
  const figures = { "writes that failed": failedWrites, ...lateness(world) };
  return { broken, late: late(world, LATEST_MS), figures };
}

/** Spoils the journals of sessions that have nothing to deliver; their next turns go as ever. */
async function unreadable(world: World, seed: number): Promise<Told> {
  const options = { seed, sessions: 8, turns: 2 };
  const plan = planOf({ ...options, now: Date.now() });
  await world.run(plan, CLIENTS_MS);
  await world.arrival(LATEST_MS);
  await pendingAfter(LATEST_MS, world.asked(), plan);
  world.faults.push("all journals are spoiled");
  const spoiled = await world.objects("spoil");
  // The same pages go on.
  const more = planOf({ ...options, now: Date.now(), turns: 4 }).map((session) => ({
    ...session,
    turns: session.turns.slice(2),
  }));
  await world.run(more, CLIENTS_MS);
  await world.arrival(LATEST_MS);
  const { delivery_problems: problems } = await world.health();
  const told = world.edge.log().filter((line) => line.includes("unreadable_journal")).length;
  const broken: string[] = [];
  if (told !== spoiled.length) broken.push(`${told} of ${spoiled.length} were told of in the log`);
  if (!problems.some(({ code }) => code === "unreadable_journal")) {
    broken.push("health does not tell of it");
  }
  return { broken, figures: { "journals set aside": told, ...lateness(world) } };
}

function late(world: World, mostMs: number): string[] {
  const lateMs = world.lateness();
  return lateMs > mostMs ? [`a record waited ${lateMs} ms`] : [];
}

const lateness = (world: World): Record<string, number> => ({
  "latest record, s": Math.round(world.lateness() / 100) / 10,
});
