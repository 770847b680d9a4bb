// An hour's load, minute by minute on a clock that is moved: memory and what is stored stay flat, and once
// all that sessions remember is over, no object stores anything.
import { until } from "../../support/until.ts";
import { pendingAfter } from "../clients.ts";
import { slow } from "../langfuse/behaviour.ts";
import { planOf, type PlannedSession } from "../plan/plan.ts";
import type { Scenario } from "../scenario.ts";
import type { Told, World } from "../world.ts";

const MINUTES = 60;
const MINUTE_MS = 60_000;
/** Sessions with a turn each minute, and those that come for a turn and go. */
const LONG = 8;
const SHORT = 4;
/** When the heap is read first: all code has run then. */
const WARM_MINUTE = 20;
const MOST_GROWTH = 1.4;
/**
 * What a session stores with nothing to deliver: the memory of 60 turns and what is rewritten next, and the
 * memory of one turn; UTF-16 units.
 */
const MOST_STORED = { long: 160_000, short: 4_000 };
/** More than sessions remember. */
const MEMORY_MS = 27 * 3_600_000;
const ARRIVAL_MS = 60_000;
const CLIENTS_MS = 30_000;
const DELETION_MS = 60_000;
const NAME = "an hour's load";

export const soak: Scenario = {
  name: "soak",
  tries: "an hour's load on a moved clock, then 27 hours of silence",
  variants: [
    {
      name: NAME,
      short: false,
      work: anHour,
    },
  ],
};

async function anHour(world: World, seed: number): Promise<Told> {
  world.langfuse.behave(slow(seed, 200));
  const broken: string[] = [];
  await world.kill();
  await world.start({}, { inspected: true });
  let warmMb = 0;
  for (let minute = 0; minute < MINUTES; minute += 1) {
    const began = Date.now();
    await world.run(planOfMinute(world, seed, minute), CLIENTS_MS);
    // The queue and Langfuse go by the real clock: a minute ends when its turns are there.
    await world.arrival(ARRIVAL_MS);
    if (minute === WARM_MINUTE) warmMb = await world.edge.heapMb();
    await world.jump(MINUTE_MS - (Date.now() - began), "clients too");
  }
  await pendingAfter(ARRIVAL_MS, world.asked(), world.plan.slice(-LONG - SHORT));
  const endMb = await world.edge.heapMb();
  if (endMb > MOST_GROWTH * warmMb) broken.push(`the heap grew from ${warmMb} to ${endMb} MB`);
  const lengths = (await world.objects()).map(({ length }) => length).toSorted((a, b) => b - a);
  const [longest = 0] = lengths;
  const next = lengths[LONG] ?? 0;
  if (longest > MOST_STORED.long) broken.push(`a session of an hour stores ${longest}`);
  if (next > MOST_STORED.short) broken.push(`a session of one turn stores ${next}`);
  await world.jump(MEMORY_MS, "clients too");
  const left = async (): Promise<number> =>
    (await world.objects()).filter(({ keys }) => keys > 0).length;
  await until(async () => (await left()) === 0, DELETION_MS).catch(() => false);
  const undeleted = await left();
  if (undeleted > 0) broken.push(`${undeleted} objects still store something`);
  return {
    broken,
    figures: {
      "heap after a third, MB": Math.round(warmMb * 10) / 10,
      "at the end": Math.round(endMb * 10) / 10,
      "longest session stored, KB": Math.round(longest / 102.4) / 10,
      "objects left": undeleted,
    },
  };
}

function planOfMinute(world: World, seed: number, minute: number): PlannedSession[] {
  const options = { seed, now: world.now(), pauseMs: 20, turnPauseMs: 0, textLength: 2_000 };
  // The same pages, one turn further.
  const long = planOf({ ...options, sessions: LONG, turns: minute + 1, prefix: "long" }).map(
    (session) => ({ ...session, turns: session.turns.slice(-1) }),
  );
  return [...long, ...planOf({ ...options, sessions: SHORT, turns: 1, prefix: `m${minute}-` })];
}
