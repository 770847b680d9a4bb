// Records that Langfuse, or what stands in front of it, never takes, beside sessions that are well.
import { describe, expect, it } from "vitest";
import { type Answering, Simulation } from "./simulation.ts";

const KINDS: [string, ReturnType<Answering>][] = [
  ["500", { status: 500, body: '{"message":"oops"}' }],
  ["503 with a long Retry-After", { status: 503, retryAfter: "900" }],
  ["422", { status: 422 }],
  ["a firewall's 403", { status: 403, body: "blocked" }],
  ["a firewall's page", { status: 200, body: "<html>blocked</html>" }],
  ["a hang", "hang"],
];
const isGuilty = (name: string): boolean => name.startsWith("guilty");

/** Healthy sessions with a turn every so often, and guilty ones beside them; how late each turn came. */
async function beside(
  answer: ReturnType<Answering>,
  {
    guilty,
    healthy = 5,
    everyMs = 10_000,
    forMs = 120_000,
    fresh = 0,
    seed = 1,
  }: {
    guilty: number;
    healthy?: number;
    everyMs?: number;
    forMs?: number;
    /** A new guilty session every so many ms. */
    fresh?: number;
    seed?: number;
  },
) {
  const world = new Simulation({ seed });
  world.answering = (names) => (names.some(isGuilty) ? answer : "taken");
  const sentAt = new Map<string, number>();
  const start = world.now;
  for (let n = 0; n < guilty; n += 1) {
    world.after(n * 300, () => void world.session(`guilty-${n}`).append(2));
  }
  for (let ms = 0; fresh > 0 && ms < forMs; ms += fresh) {
    world.after(ms, () => void world.session(`guilty-at-${ms}`).append(1));
  }
  for (let n = 0; n < healthy; n += 1) {
    for (let ms = n * 700; ms < forMs; ms += everyMs) {
      world.after(ms, () => {
        for (const name of world.session(`healthy-${n}`).append(3)) {
          sentAt.set(name, world.now - start);
        }
      });
    }
  }
  await world.run(forMs / 1000 + 300);
  const late = Array.from(sentAt, ([name, at]) => (world.takenAt.get(name) ?? Infinity) - at);
  return { world, late: late.toSorted((a, b) => a - b), sent: sentAt.size };
}

describe.each(KINDS)("sessions whose records get %s", (_name, answer) => {
  const bound = answer === "hang" ? 90_000 : 30_000;

  it.each([1, 3, 20])("do not stop others: %i of them", async (guilty) => {
    const { world, late } = await beside(answer, { guilty });
    expect(late.at(-1)).toBeLessThan(bound);
    expect(world.twice).toEqual([]);
  });
});
