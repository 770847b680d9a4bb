import fc from "fast-check";
import { expect, it } from "vitest";
import { type Answering, Simulation } from "../simulation.ts";
import { runs } from "../../../support/runs.ts";

const answers = fc.constantFrom<ReturnType<Answering>>(
  { status: 500 },
  { status: 422 },
  { status: 403 },
  { status: 302 },
  "hang",
);
const sessions = fc.array(
  fc.record({
    afterMs: fc.nat(30_000),
    records: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
  }),
  { minLength: 1, maxLength: 12 },
);

it("delivers all that is healthy within bounded time and posts, and nothing twice, whatever is guilty", async () => {
  await fc.assert(
    fc.asyncProperty(
      sessions,
      answers,
      fc.nat(1_000),
      fc.constantFrom(1, Infinity),
      async (all, answer, seed, consumers) => {
        const world = new Simulation({ seed, consumers, isolates: consumers === 1 ? 1 : 3 });
        const guilty = new Set<string>();
        const healthy: string[] = [];
        for (const [index, { afterMs, records }] of all.entries()) {
          world.after(afterMs, () => {
            const names = world.session(`s${index}`).append(records.length);
            for (const [place, name] of names.entries()) {
              if (records[place] === true) guilty.add(name);
              else healthy.push(name);
            }
          });
        }
        // A project that is used: something harmless comes now and then.
        for (let ms = 0; ms < 3_600_000; ms += 30_000) {
          world.after(ms, () => void world.session(`other-${ms}`).append(1));
        }
        world.answering = (names) => (names.some((name) => guilty.has(name)) ? answer : "taken");
        // The first that hangs in a session takes five tries of 15 s, each further one two or three; and between
        // them something else must be taken, which comes every 30 s here.
        await world.run(answer === "hang" ? 420 : 240);
        expect(healthy.filter((name) => !world.takenAt.has(name))).toEqual([]);
        await world.run(3_600);
        const states = all.map((_, index) => world.session(`s${index}`).state);
        expect(states.flatMap(({ outbox }) => outbox)).toEqual([]);
        const dead = states.flatMap(({ deadLetters }) =>
          deadLetters.map(({ record }) => record.id),
        );
        expect(dead.toSorted()).toEqual([...guilty].toSorted());
        expect(world.twice).toEqual([]);
        expect(world.overstayed).toEqual([]);
        expect(world.posts.length).toBeLessThan(250 + 60 * guilty.size);
      },
    ),
    { numRuns: runs(40) },
  );
});
