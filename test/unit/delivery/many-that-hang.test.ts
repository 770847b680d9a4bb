// Twenty sessions with a record that hangs each, at once or one after the other, and five healthy ones beside them:
// one consumer serves all of them, and the first request may be that of a session that hangs.
import { describe, expect, it } from "vitest";
import { Simulation } from "./simulation.ts";

const GUILTY = 20;
const HEALTHY = 5;
/** A turn has four spans; the last one of a guilty session's first turn hangs. */
const SPANS = 4;
const isGuilty = (name: string): boolean => name.startsWith("guilty") && name.endsWith(`/${SPANS}`);

/** How late the last record of healthy sessions came, and the last innocent one of the others, ms. */
async function lateOf({
  everyMs,
  pauseMs,
  knownByScores = false,
  seed,
}: {
  everyMs: number;
  pauseMs: number;
  /** A score of each guilty session is there before its spans. */
  knownByScores?: boolean;
  seed: number;
}) {
  const world = new Simulation({ isolates: 1, consumers: 1, seed });
  world.answering = (names) =>
    names.some(isGuilty) ? "hang" : { status: 200, afterMs: Math.floor(world.random() * 200) };
  const start = world.now;
  const sent = new Map<string, number>();
  const turn = (id: string) => (): void => {
    const session = world.session(id);
    const names = [...session.append(SPANS)];
    if (world.random() < 0.2) names.push(...session.append(1, "score"));
    for (const name of names) sent.set(name, world.now - start);
  };
  const turnsOf = (id: string, firstMs: number, turns: number, mostMs: number): void => {
    for (let n = 0, at = firstMs; n < turns; n += 1) {
      world.after(at, turn(id));
      at += 20 + Math.floor(world.random() * mostMs);
    }
  };
  for (let n = 0; n < GUILTY; n += 1) {
    if (knownByScores) world.session(`guilty-${n}`).append(1, "score");
  }
  for (let n = 0; n < GUILTY; n += 1) turnsOf(`guilty-${n}`, n * everyMs, 3, 200);
  for (let n = 0; n < HEALTHY; n += 1) turnsOf(`healthy-${n}`, 0, 10, pauseMs);
  await world.run(400);
  expect(world.twice).toEqual([]);
  expect(world.overstayed).toEqual([]);
  const late = (prefix: string): number =>
    Math.max(
      ...Array.from(sent)
        .filter(([name]) => name.startsWith(prefix) && !isGuilty(name))
        .map(([name, at]) => (world.takenAt.get(name) ?? Infinity) - at),
    );
  return { healthy: late("healthy"), behind: late("guilty"), posts: world.posts.length };
}

describe.each([
  ["at once", { everyMs: 0, pauseMs: 2_000 }],
  ["at once, known by their scores", { everyMs: 0, pauseMs: 2_000, knownByScores: true }],
  ["one after the other", { everyMs: 1_500, pauseMs: 10_000 }],
])("twenty sessions that hang %s", (_name, how) => {
  it("keep no healthy one back for a minute, in no run of many", async () => {
    const seeds = Array.from({ length: 12 }, (_, n) => n + 1);
    const runs = await Promise.all(seeds.map((seed) => lateOf({ ...how, seed })));
    expect(Math.max(...runs.map(({ healthy }) => healthy))).toBeLessThan(60_000);
    // What is behind such a record in its own session waits until it has failed alone three times.
    expect(Math.max(...runs.map(({ behind }) => behind))).toBeLessThan(150_000);
    expect(Math.max(...runs.map(({ posts }) => posts))).toBeLessThan(550);
  });
});
