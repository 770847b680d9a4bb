// Records that Langfuse, or what stands in front of it, never takes, beside sessions that are well.
import { describe, expect, it } from "vitest";
import { type Answering, Simulation } from "../simulation.ts";

const KINDS: [string, ReturnType<Answering>][] = [
  ["500", { status: 500, body: '{"message":"oops"}' }],
  ["503 with a long Retry-After", { status: 503, retryAfter: "900" }],
  ["422", { status: 422 }],
  ["a firewall's 403", { status: 403, body: "blocked" }],
  ["a firewall's page", { status: 200, body: "<html>blocked</html>" }],
  ["a hang", "hang"],
];
const seeded = KINDS.flatMap(([name, answer]) =>
  [1, 2].map((seed) => [name, seed, answer] as const),
);
const isGuilty = (name: string): boolean => name.startsWith("guilty");

/** Healthy sessions with a turn every so often, and guilty ones beside them; how late each turn came. */
async function beside(
  answer: ReturnType<Answering>,
  {
    guilty,
    healthy = 5,
    everyMs = 10_000,
    forMs = 120_000,
    fresh = Infinity,
    freshFrom = fresh === Infinity ? Infinity : 0,
    seed = 1,
  }: {
    guilty: number;
    healthy?: number;
    everyMs?: number;
    forMs?: number;
    /** A new guilty session every so many ms. */
    fresh?: number;
    freshFrom?: number;
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
  for (let ms = freshFrom; ms < forMs; ms += fresh) {
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
  const bound = answer === "hang" ? 60_000 : 30_000;

  it.each([1, 3, 20])("do not stop others: %i of them", async (guilty) => {
    const { world, late } = await beside(answer, { guilty });
    expect(late.at(-1)).toBeLessThan(bound);
    expect(world.twice).toEqual([]);
  });
});

describe("a hostile writer who makes such records at will", () => {
  it.each(seeded)(
    "does not stop others: a session a second with %s (%i)",
    async (_name, seed, answer) => {
      const { world, late, sent } = await beside(answer, {
        guilty: 0,
        fresh: 1_000,
        freshFrom: 10_000,
        seed,
      });
      expect(sent).toBe(180);
      expect(late.filter((ms) => ms < 60_000).length).toBeGreaterThan(0.8 * sent);
      expect(late.at(-1)).toBeLessThan(180_000);
      expect(world.twice).toEqual([]);
    },
  );
});

describe("such a writer who was there before all others", () => {
  it.each(seeded)("stops them for a while at most: %s (%i)", async (_name, seed, answer) => {
    const { world, late } = await beside(answer, {
      guilty: 0,
      fresh: 1_000,
      forMs: 300_000,
      seed,
    });
    expect(late.at(-1)).toBeLessThan(300_000);
    expect(late[Math.floor(late.length / 2)]).toBeLessThan(120_000);
    expect(world.twice).toEqual([]);
  });
});

describe("such a writer whose records hang", () => {
  it.each([1, 2, 3, 4, 5, 6])(
    "gets no larger a share of the tries than of what is sent, twice a second (%i)",
    async (seed) => {
      const { world, late } = await beside("hang", {
        guilty: 0,
        fresh: 500,
        forMs: 300_000,
        seed,
      });
      expect(late.at(-1)).toBeLessThan(300_000);
      expect(late[Math.floor(late.length / 2)]).toBeLessThan(60_000);
      expect(world.twice).toEqual([]);
    },
  );
});

describe("neighbours that fail, in the only session that has anything", () => {
  // Where Langfuse says how long to wait, and nobody else is served, that is obeyed.
  const cases = KINDS.filter(([name]) => !name.includes("Retry-After")).flatMap(([name, answer]) =>
    [2, 3].map((guilty) => [guilty, name, answer] as const),
  );
  it.each(cases)(
    "hold up nobody behind them for long: %i with %s",
    async (count, _name, answer) => {
      const world = new Simulation();
      const start = world.now;
      const guilty = new Set(Array.from({ length: count }, (_, n) => `only/${n + 3}`));
      world.answering = (names) => (names.some((one) => guilty.has(one)) ? answer : "taken");
      // What goes out before them shows that Langfuse is well.
      world.session("only").append(2);
      await world.run(10);
      const from = world.now - start;
      const behind = world.session("only").append(40).slice(count);
      await world.run(900);
      const late = behind.map((name) => (world.takenAt.get(name) ?? Infinity) - from);
      expect(Math.max(...late)).toBeLessThan(count * (answer === "hang" ? 90_000 : 40_000));
      expect(world.twice).toEqual([]);
    },
  );
});

describe("a record that fails alone, again and again, while others pass", () => {
  it.each(KINDS)(
    "(%s) dies with its story, and keeps nothing back behind it",
    async (_name, answer) => {
      const world = new Simulation();
      world.answering = (names) => (names.includes("mixed/2") ? answer : "taken");
      const mixed = world.session("mixed");
      mixed.append(4);
      for (let ms = 0; ms < 1_800_000; ms += 20_000) {
        world.after(ms, () => void world.session("healthy").append(1));
      }
      // Behind it they wait until it has failed alone three times, while others passed.
      await world.run(150);
      expect(["mixed/1", "mixed/3", "mixed/4"].filter((name) => !world.takenAt.has(name))).toEqual(
        [],
      );
      expect(mixed.state.outbox.map(({ ordinal }) => ordinal)).toEqual([2]);
      // Health says so, whatever else is delivered.
      expect(world.health.pending).toBeGreaterThanOrEqual(1);
      expect(world.health.lastError).toBeDefined();
      await world.run(1_530);
      expect(mixed.state.outbox).toEqual([]);
      const [letter] = mixed.state.deadLetters;
      expect(letter).toMatchObject({ reason: "never_taken", record: { ordinal: 2 } });
      expect(letter?.message).toMatch(
        /posted alone \d+ times in \d+ minutes, while others were taken/,
      );
      expect(world.health).toMatchObject({
        pending: 0,
        dead: 1,
        lastDead: { reason: "never_taken" },
      });
      expect(world.health).not.toHaveProperty("lastError");
      expect(world.twice).toEqual([]);
      const alone = world.posts.filter(({ names }) => names.includes("mixed/2"));
      expect(alone.length).toBeLessThan(40);
    },
  );

  it("is kept where nothing shows that Langfuse takes anything", async () => {
    const world = new Simulation();
    world.answering = () => ({ status: 500 });
    world.session("a").append(3);
    await world.run(24 * 3_600);
    expect(world.session("a").state.outbox).toHaveLength(3);
    expect(world.session("a").state.deadLetters).toEqual([]);
  });

  it("is found in a session that is the only one", async () => {
    const world = new Simulation();
    world.answering = (names) =>
      names.includes("a/1") || names.includes("a/2") ? "hang" : "taken";
    world.session("a").append(6);
    await world.run(600);
    expect(world.session("a").state.outbox.map(({ ordinal }) => ordinal)).toEqual([1, 2]);
  });
});
