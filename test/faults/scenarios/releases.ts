// Sessions as earlier versions left them, with work to do: their journals, recorded at each release, under the
// code of today. What they hold is delivered, their pages go on, and what was delivered is not sent again.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pendingOf } from "../clients.ts";
import { always, status, well } from "../langfuse/behaviour.ts";
import { type PlannedSession, planOf } from "../plan/plan.ts";
import type { Variant } from "../scenario.ts";
import type { Told, World } from "../world.ts";

export interface RecordedRelease {
  version: string;
  /** Epoch ms. */
  recordedAt: number;
  sessions: {
    chunks: string[];
    /** What is yet to be sent, and what must come of what is there and of that. */
    plan: PlannedSession;
  }[];
}

const FOLDER = join(import.meta.dirname, "../journals");
/** Every lease of then is over. */
const LATER_MS = 60_000;
const CLIENTS_MS = 60_000;
const LATEST_MS = 60_000;
const NAME = "journals of earlier releases";

export const releases: Variant = {
  name: NAME,
  short: false,
  work: (world) => takeUp(world),
};

/** @param restart ends the edge and starts it anew, on the journals as they are stored */
export async function takeUp(world: World, restart?: () => Promise<void>): Promise<Told> {
  const all = recorded();
  const begin = Date.now();
  for (const { recordedAt, sessions } of all) {
    await world.jump(recordedAt + LATER_MS - world.now(), "clients too");
    for (const { chunks, plan } of sessions) {
      await world.order("journal", { session: plan.session, chunks });
    }
    if (restart !== undefined) {
      await restart();
      await world.order("clock", { byMs: world.now() - Date.now() });
    }
    const plan = sessions.map((one) => one.plan);
    await world.run(plan, CLIENTS_MS);
    for (const { session } of plan) await pendingOf(world.asked(), session, true);
    await world.arrival(LATEST_MS);
  }
  const lastMs = Date.now() - begin;
  const aside = world.edge.log().filter((line) => /unreadable_journal|_unknown/.test(line));
  return {
    hasHistory: true,
    broken: aside.length > 0 ? [`${aside.length} journals were not understood`] : [],
    figures: {
      releases: all.map(({ version }) => version).join(", "),
      "all there after, s": Math.round(lastMs / 100) / 10,
    },
  };
}

function recorded(): RecordedRelease[] {
  return readdirSync(FOLDER).map(
    (name) => JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as RecordedRelease,
  );
}

/** Of a session: the requests of its turns from the first that was not sent. */
const from = (plan: PlannedSession, turn: number, request: number): PlannedSession => ({
  ...plan,
  turns: plan.turns
    .slice(turn)
    .map((one, n) => ({ ...one, requests: one.requests.slice(n === 0 ? request : 0) })),
});
const until = (plan: PlannedSession, turn: number, request: number): PlannedSession => ({
  ...plan,
  turns: plan.turns.slice(0, turn + 1).map((one, n) => ({
    ...one,
    requests: n === turn ? one.requests.slice(0, request) : one.requests,
  })),
});

/** Nothing of it is left to send. */
const told = (plan: PlannedSession): PlannedSession => ({
  ...plan,
  turns: plan.turns.map((turn) => ({ ...turn, requests: [] })),
});

/** Sessions of this version, each in the midst of something. */
export async function record(
  world: World,
  version: string,
  seed: number,
): Promise<RecordedRelease> {
  const { langfuse } = world;
  const options = { seed, now: Date.now(), turns: 2, scores: 1, textLength: 40, turnPauseMs: 0 };
  const [open, ended, tried, delivered] = planOf({ ...options, sessions: 4, prefix: "released" });
  if (!open || !ended || !tried || !delivered) throw new Error("four sessions are planned");
  const half = 2;
  // One that was delivered, but for the turn that is open.
  const all = Number.MAX_SAFE_INTEGER;
  await world.run([until(delivered, 0, all)], CLIENTS_MS);
  await world.arrival(LATEST_MS);
  await world.run([from(until(delivered, 1, half), 1, 0)], CLIENTS_MS);
  // One that Langfuse fails at, one in the midst of its first turn, one that has only just ended.
  langfuse.behave(always(status(500)));
  await world.run([tried], CLIENTS_MS);
  await setTimeout(10_000);
  await Promise.all([
    world.run([until(open, 0, half)], CLIENTS_MS),
    world.run([ended], CLIENTS_MS),
  ]);
  const recordedAt = Date.now();
  const rest = [from(open, 0, half), told(ended), told(tried), from(delivered, 1, half)];
  const sessions = await Promise.all(
    rest.map(async (plan) => ({
      chunks: await world.order<"journal", string[]>("journal", { session: plan.session }),
      plan,
    })),
  );
  langfuse.behave(well);
  return { version, recordedAt, sessions };
}
