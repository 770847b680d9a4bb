// A Langfuse that is really down: how much it is asked meanwhile, and how soon all is well again after it.
import { describe, expect, it } from "vitest";
import { type Answering, Simulation } from "./simulation.ts";

const DOWN: [string, ReturnType<Answering>][] = [
  ["500", { status: 500 }],
  ["wrong keys", { status: 401 }],
  ["a hang", "hang"],
];

async function outage(answer: ReturnType<Answering>, sessions: number, minutes: number) {
  const world = new Simulation({ isolates: 3 });
  world.answering = () => answer;
  for (let n = 0; n < sessions; n += 1) {
    world.after((n * minutes * 60_000) / sessions, () => void world.session(`s${n}`).append(2));
  }
  await world.run(minutes * 60);
  const during = world.posts.length;
  world.answering = () => "taken";
  const over = minutes * 60_000;
  await world.run(20 * 60);
  const after = world.posts.filter(({ at }) => at >= over);
  const perSecond = new Map<number, number>();
  for (const { at } of after) {
    const second = Math.floor(at / 1000);
    perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
  }
  const missing = [...world.sessions.values()].filter(({ state }) => state.outbox.length > 0);
  return {
    world,
    during,
    first: (after[0]?.at ?? Infinity) - over,
    last: Math.max(...world.takenAt.values()) - over,
    most: Math.max(...perSecond.values()),
    posts: after.length,
    missing: missing.length,
  };
}

describe.each(DOWN)("a Langfuse that is down for ten minutes (%s)", (_name, answer) => {
  it.each([1, 50, 500])(
    "sees few requests of %i sessions, and has all of it soon after",
    async (sessions) => {
      const { world, during, first, last, most, missing } = await outage(answer, sessions, 10);
      // Three isolates, each with a probe of at most four requests every half minute; of a hang, four at a
      // time, each given up after a third of the time; and one that shows whether a record is at fault.
      expect(during).toBeLessThan(answer === "hang" ? 400 : 250);
      expect(first).toBeLessThan(answer === "hang" || sessions > 1 ? 70_000 : 100_000);
      expect(last).toBeLessThan(180_000);
      expect(most).toBeLessThan(70);
      expect(missing).toBe(0);
      expect(world.twice).toEqual([]);
      const dead = [...world.sessions.values()].flatMap(({ state }) => state.deadLetters);
      expect(dead).toEqual([]);
    },
  );
});

describe("a Langfuse that hangs, and then is slow for long", () => {
  it.each([1, 20])("has all of %i sessions soon after", async (sessions) => {
    const world = new Simulation();
    world.answering = () => "hang";
    for (let n = 0; n < sessions; n += 1) {
      world.after(n * 1_000, () => void world.session(`s${n}`).append(2));
    }
    await world.run(120);
    world.answering = () => ({ status: 200, afterMs: 12_000 });
    await world.run(300);
    const waiting = [...world.sessions.values()].filter(({ state }) => state.outbox.length > 0);
    expect(waiting.length).toBe(0);
  });
});

describe("scores that are refused", () => {
  const scores: Answering = (_names, kind) =>
    kind === "score" ? { status: 400, body: "Invalid JSON" } : "taken";

  it("make no score dead and keep no observation back", async () => {
    const world = new Simulation();
    world.answering = scores;
    const sent = new Map<string, number>();
    for (let n = 0; n < 40; n += 1) {
      world.after(n * 5_000, () => {
        const session = world.session(`s${n % 8}`);
        for (const name of session.append(3)) sent.set(name, n * 5_000);
        session.append(1, "score");
      });
    }
    await world.run(400);
    const late = Array.from(sent, ([name, at]) => (world.takenAt.get(name) ?? Infinity) - at);
    expect(Math.max(...late)).toBeLessThan(5_000);
    const all = [...world.sessions.values()];
    expect(all.flatMap(({ state }) => state.deadLetters)).toEqual([]);
    expect(all.flatMap(({ state }) => state.outbox)).toHaveLength(40);
    expect(world.posts.filter(({ kind }) => kind === "score").length).toBeLessThan(150);
    world.answering = () => "taken";
    await world.run(400);
    expect(all.flatMap(({ state }) => state.outbox)).toEqual([]);
    expect(world.twice).toEqual([]);
  });

  it("are the only ones that go where spans fail", async () => {
    const world = new Simulation();
    world.answering = (_names, kind) => (kind === "score" ? "taken" : "hang");
    const scored: string[] = [];
    for (let n = 0; n < 10; n += 1) {
      world.after(n * 10_000, () => {
        world.session(`s${n}`).append(1);
        scored.push(...world.session(`s${n}`).append(1, "score"));
      });
    }
    await world.run(300);
    expect(scored.filter((name) => !world.takenAt.has(name))).toEqual([]);
  });
});
