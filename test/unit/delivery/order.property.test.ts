// Whatever an outage looks like, and however long it lasts, each session's records reach Langfuse in their
// order; and records that Langfuse never takes keep back no others for long, though nothing else passes.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WireKind } from "../../../src/langfuse/encode.ts";
import { runs } from "../../support/runs.ts";
import { type Answering, Simulation } from "./simulation.ts";

const downArb = fc.constantFrom<ReturnType<Answering>>(
  "hang",
  { status: 500 },
  { status: 503, retryAfter: "7" },
  { status: 429, retryAfter: "11" },
  { status: 401 },
  { status: 404 },
  { status: 502, body: "<html>" },
);
const MINUTE = 60_000;
const outageArb = fc.record({
  down: downArb,
  fromMs: fc.nat(20_000),
  forMs: fc.oneof(fc.nat(MINUTE), fc.nat(4 * MINUTE), fc.nat(20 * MINUTE)),
  /** Which path is down. */
  kinds: fc.constantFrom<WireKind[]>(["observation", "score"], ["observation"], ["score"]),
  /** How long Langfuse takes while it is well. */
  answerMs: fc.constantFrom(20, 50, 600, 3_000),
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  sessions: fc.constantFrom(1, 1, 2, 3, 12),
  everyMs: fc.constantFrom(2_000, 7_000, 40_000),
  consumers: fc.constantFrom(1, Infinity),
});

const sessionOf = (name: string): string => name.split("/")[0] ?? "";
const ordinalOf = (name: string): number => Number(name.split("/")[1]);

/** When each record was in a request that was taken, by kind and session, in the order of sealing. */
function arrivals({ posts }: Simulation): { name: string; at: number; kind: string }[][] {
  const lines = new Map<string, { name: string; at: number; kind: string }[]>();
  const seen = new Set<string>();
  for (const { at, kind, names, taken } of posts) {
    for (const name of taken ? names : []) {
      if (seen.has(name)) continue;
      seen.add(name);
      const key = `${kind} ${sessionOf(name)}`;
      lines.set(key, [...(lines.get(key) ?? []), { name, at, kind }]);
    }
  }
  return [...lines.values()];
}

/** Pairs of records of which the later one was taken first. */
function inversions(world: Simulation): [before: string, after: string][] {
  return arrivals(world).flatMap((line) =>
    line.flatMap(({ name, at }, index) =>
      line
        .slice(0, index)
        .filter((one) => ordinalOf(one.name) > ordinalOf(name) && one.at < at)
        .map((one): [string, string] => [name, one.name]),
    ),
  );
}

it("an outage leaves each session's order as it was", async () => {
  await fc.assert(
    fc.asyncProperty(outageArb, async (outage) => {
      const { down, fromMs, forMs, kinds, answerMs, seed, sessions, everyMs, consumers } = outage;
      const world = new Simulation({ seed, consumers, isolates: consumers === 1 ? 1 : 3 });
      const start = world.now;
      const isDown = (): boolean => {
        const ms = world.now - start;
        return ms >= fromMs && ms < fromMs + forMs;
      };
      world.answering = (_names, kind) =>
        kinds.includes(kind) && isDown() ? down : { status: 200, afterMs: answerMs };
      const sent: string[] = [];
      const lastMs = Math.min(fromMs + forMs, 5 * MINUTE);
      for (let ms = 0, n = 0; ms < lastMs; ms += everyMs, n += 1) {
        world.after(ms, () => {
          const session = world.session(`s${n % sessions}`);
          sent.push(...session.append(1 + (n % 3)));
          if (n % 2 === 0) sent.push(...session.append(1, "score"));
        });
      }
      await world.run((fromMs + forMs) / 1000 + 900);
      expect(sent.filter((name) => !world.takenAt.has(name))).toEqual([]);
      expect(world.twice).toEqual([]);
      expect(world.overstayed).toEqual([]);
      expect(inversions(world)).toEqual([]);
      const dead = [...world.sessions.values()].flatMap(({ state }) => state.deadLetters);
      expect(dead).toEqual([]);
    }),
    {
      numRuns: runs(60),
      examples: [
        // It comes back while a session is probed, and others are taken before that one's POSTs are given up.
        [
          {
            down: "hang",
            fromMs: 1_021,
            forMs: 152_980,
            kinds: ["observation", "score"],
            answerMs: 20,
            seed: 451_473,
            sessions: 12,
            everyMs: 7_000,
            consumers: Infinity,
          },
        ],
        // It comes back a moment after a session was probed, while the other path was well all the time.
        [
          {
            down: { status: 404 },
            fromMs: 11_666,
            forMs: 35_335,
            kinds: ["score"],
            answerMs: 20,
            seed: 775_949,
            sessions: 1,
            everyMs: 2_000,
            consumers: 1,
          },
        ],
        // Langfuse comes back while a session is probed.
        [
          {
            down: "hang",
            fromMs: 0,
            forMs: 196_088,
            kinds: ["observation", "score"],
            answerMs: 20,
            seed: 825_717,
            sessions: 12,
            everyMs: 7_000,
            consumers: Infinity,
          },
        ],
        // One session with hundreds of records, and a Langfuse that is slow when it is back.
        [
          {
            down: "hang",
            fromMs: 0,
            forMs: 232_001,
            kinds: ["observation", "score"],
            answerMs: 3_000,
            seed: 429_493,
            sessions: 1,
            everyMs: 2_000,
            consumers: Infinity,
          },
        ],
      ],
    },
  );
});

it("blips while all goes on leave it too", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ down: downArb, seed: fc.integer({ min: 1, max: 1e6 }), everyMs: fc.nat(30_000) }),
      async ({ down, seed, everyMs }) => {
        const world = new Simulation({ seed });
        const start = world.now;
        // Down for two seconds at a time, less often than a session is tried.
        world.answering = () =>
          (world.now - start) % (20_000 + everyMs) < 2_000 ? down : { status: 200, afterMs: 50 };
        for (let n = 0; n < 60; n += 1) {
          world.after(n * 1_500, () => void world.session(`s${n % 4}`).append(2));
        }
        await world.run(300);
        expect(inversions(world)).toEqual([]);
      },
    ),
    { numRuns: runs(20) },
  );
});

describe("where nothing of a project passes, since each session's oldest records are never taken", () => {
  const answers: ReturnType<Answering>[] = ["hang", { status: 500 }, { status: 403, body: "no" }];
  it("those behind them arrive all the same", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...answers),
        fc.constantFrom(1, 2, 8),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        async (answer, sessions, guilty, seed) => {
          const world = new Simulation({ seed });
          const isGuilty = (name: string): boolean => ordinalOf(name) <= guilty;
          world.answering = (names) => (names.some(isGuilty) ? answer : "taken");
          const innocent: string[] = [];
          for (let n = 0; n < sessions; n += 1) {
            world.after(n * 500, () => {
              const names = world.session(`s${n}`).append(6);
              innocent.push(...names.filter((name) => !isGuilty(name)));
            });
          }
          // Only one session is probed at once.
          await world.run(300 * (1 + sessions));
          expect(innocent.filter((name) => !world.takenAt.has(name))).toEqual([]);
          // Past those that are never taken, in order, but for the one that showed it.
          const shown = new Set(
            world.posts.flatMap(({ names, taken }) => (taken && names.length === 1 ? names : [])),
          );
          expect(inversions(world).filter(([, after]) => !shown.has(after))).toEqual([]);
          // 20 a guilty record at the mean, 35 at most of a thousand worlds.
          expect(world.posts.length).toBeLessThan(300 + 50 * sessions * guilty);
        },
      ),
      { numRuns: runs(30) },
    );
  });

  /** Neighbours at the very head are found at one moment, others one after the other. */
  const longestMs = (guilty: readonly number[]): number =>
    Math.max(...guilty) <= 3 ? 45_000 : 120_000;
  it("up to three of them in the only session keep the others' order, and for no long", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...answers),
        fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.constantFrom(1, Infinity),
        async (answer, guilty, seed, consumers) => {
          const world = new Simulation({ seed, consumers, isolates: consumers === 1 ? 1 : 3 });
          const names = world.session("only").append(40);
          const isGuilty = (name: string): boolean => guilty.includes(ordinalOf(name));
          world.answering = (its) => (its.some(isGuilty) ? answer : "taken");
          await world.run(longestMs(guilty) / 1000);
          expect(names.filter((name) => !isGuilty(name) && !world.takenAt.has(name))).toEqual([]);
          expect(inversions(world)).toEqual([]);
          expect(world.twice).toEqual([]);
          expect(world.overstayed).toEqual([]);
        },
      ),
      {
        numRuns: runs(60),
        examples: [
          ["hang", [2, 3], 1, 1],
          ["hang", [1, 2, 3], 1, 1],
          ["hang", [1, 9], 1, 1],
        ],
      },
    );
  });
});
