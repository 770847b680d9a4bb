// Isolates that stand still, at any moment and for longer than a lease lasts, as on a machine that is out of breath:
// everything arrives, nothing is posted whose lease is over, and nothing that the isolate itself has settled.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../support/runs.ts";
import { type Answering, Simulation } from "./simulation.ts";

const stallsArb = (most: number) =>
  fc.array(
    fc.record({
      atMs: fc.nat(90_000),
      ms: fc.oneof(fc.integer({ min: 500, max: 20_000 }), fc.integer({ min: 20_000, max: 90_000 })),
      which: fc.nat(2),
    }),
    { minLength: 1, maxLength: most },
  );

const turnsArb = fc.record({
  seed: fc.nat(1_000_000),
  sessions: fc.integer({ min: 1, max: 4 }),
  answerMs: fc.constantFrom(50, 600, 3_000),
  /** Of the requests, how many fail. */
  fails: fc.constantFrom(0, 0, 3),
});

interface Given {
  turns: typeof turnsArb extends fc.Arbitrary<infer T> ? T : never;
  stalls: ReturnType<typeof stallsArb> extends fc.Arbitrary<infer T> ? T : never;
  isolates: number;
}

async function runOf({ turns, stalls, isolates }: Given): Promise<Simulation> {
  const { seed, sessions, answerMs, fails } = turns;
  const world = new Simulation({ isolates, seed });
  const answering: Answering = () =>
    fails > 0 && world.posts.length % fails === 1
      ? { status: 500, afterMs: answerMs }
      : { status: 200, afterMs: answerMs };
  world.answering = answering;
  const names: string[] = [];
  for (let n = 0; n < 12 * sessions; n += 1) {
    const session = n % sessions;
    world.after(Math.floor(n / sessions) * 8_000 + session * 370, () => {
      names.push(...world.session(`s${session}`).append(3));
      names.push(...world.session(`s${session}`).append(1, "score"));
    });
  }
  for (const { atMs, ms, which } of stalls) {
    world.after(atMs, () => world.standStill(ms, (n) => n === which % isolates));
  }
  await world.run(1_500);
  expect(names.filter((name) => !world.takenAt.has(name))).toEqual([]);
  expect(world.late, "posted after the end of its lease").toEqual([]);
  expect(world.again, "posted though this isolate had settled it").toEqual([]);
  return world;
}

describe("isolates that stand still", () => {
  it("post nothing that they could know to be settled, nor whose lease is over", async () => {
    await fc.assert(
      fc.asyncProperty(turnsArb, stallsArb(5), async (turns, stalls) => {
        await runOf({ turns, stalls, isolates: 3 });
      }),
      { numRuns: runs(40) },
    );
  });

  it("send nothing twice where one alone delivers, and stands still once", async () => {
    await fc.assert(
      fc.asyncProperty(turnsArb, stallsArb(1), async (turns, stalls) => {
        const { twice } = await runOf({ turns, stalls, isolates: 1 });
        expect(twice).toEqual([]);
      }),
      { numRuns: runs(40) },
    );
  });
});
