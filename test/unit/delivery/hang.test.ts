// A queue with one consumer, and a Langfuse that hangs for some of what it is sent: the others are as quick as
// ever, nothing is sent twice for that, and Langfuse gets few requests that hang.
import { describe, expect, it } from "vitest";
import { type Answering, Simulation } from "./simulation.ts";

/** How late a delivery may be for a hang: a claim that comes a batch later, and what a standstill takes. */
const SOON_MS = 3_500;

interface Turns {
  answering: Answering;
  sessions?: number;
  turns?: number;
  everyMs?: number;
  seed?: number;
  project?: (session: number) => string;
  consumers?: number;
}

/** Turns of three spans and a score; how late each kind came, ms. */
async function turnsOf({
  answering,
  sessions = 1,
  turns = 12,
  everyMs = 4_000,
  seed = 1,
  project = () => "pk",
  consumers = 1,
}: Turns) {
  const world = new Simulation({ isolates: 1, consumers, seed });
  world.answering = answering;
  const sent = new Map<string, { at: number; kind: string; session: number }>();
  const start = world.now;
  for (let n = 0; n < turns * sessions; n += 1) {
    const session = n % sessions;
    world.after(Math.floor(n / sessions) * everyMs + session * 130, () => {
      const its = world.session(`s${session}`, project(session));
      const at = world.now - start;
      for (const name of its.append(3)) sent.set(name, { at, kind: "observation", session });
      for (const name of its.append(1, "score")) sent.set(name, { at, kind: "score", session });
    });
  }
  await world.run((turns * everyMs) / 1000 + 120);
  const late = (kind: string, of: (session: number) => boolean = () => true): number =>
    Math.max(
      ...Array.from(sent)
        .filter(([, one]) => one.kind === kind && of(one.session))
        .map(([name, { at }]) => (world.takenAt.get(name) ?? Infinity) - at),
    );
  expect(world.twice).toEqual([]);
  expect(world.overstayed).toEqual([]);
  return { world, late };
}

const scoresHang: Answering = (_names, kind) => (kind === "score" ? "hang" : "taken");
const spansHang: Answering = (_names, kind) => (kind === "observation" ? "hang" : "taken");

describe.each([1, Infinity])("with %d consumers at once", (consumers) => {
  it.each([1, 5, 40])("scores that hang leave the spans of %i sessions quick", async (sessions) => {
    const { late } = await turnsOf({ answering: scoresHang, sessions, consumers });
    expect(late("observation")).toBeLessThan(SOON_MS);
  });

  it.each([1, 5, 40])("spans that hang leave the scores of %i sessions quick", async (sessions) => {
    const { late } = await turnsOf({ answering: spansHang, sessions, consumers });
    expect(late("score")).toBeLessThan(SOON_MS);
  });

  it.each([1, 3, 4, 9])("%i projects that hang leave others quick", async (hanging) => {
    const { late } = await turnsOf({
      answering: (_names, _kind, project) => (project.startsWith("bad") ? "hang" : "taken"),
      sessions: hanging + 4,
      project: (session) => (session < hanging ? `bad-${session}` : `good-${session}`),
      consumers,
    });
    const isGood = (session: number): boolean => session >= hanging;
    expect(late("observation", isGood)).toBeLessThan(SOON_MS + 1_000);
    expect(late("score", isGood)).toBeLessThan(SOON_MS + 1_000);
  });
});

it("a Langfuse that hangs is asked little, however many sessions there are", async () => {
  const { world } = await turnsOf({ answering: () => "hang", sessions: 60, turns: 10 });
  expect(world.posts.filter(({ at }) => at < 30_000).length).toBeLessThan(60);
  expect(world.posts.filter(({ at }) => at < 60_000).length).toBeLessThan(90);
});

it("a Langfuse that is slow gets everything once, and no session waits for another's request", async () => {
  for (const afterMs of [600, 2_000, 8_000, 15_000]) {
    const { world, late } = await turnsOf({
      answering: () => ({ status: 200, afterMs }),
      sessions: 20,
      turns: 6,
    });
    expect(world.takenAt.size).toBe(20 * 6 * 4);
    expect(late("observation")).toBeLessThan(4_000 + 4 * afterMs);
  }
});
