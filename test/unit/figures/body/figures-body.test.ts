// The read API's answer, out of turns: what it says equals what was told.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { langfuseBody } from "../../../../src/figures/body/delivery.ts";
import { figuresBody, stepsOf } from "../../../../src/figures/body/figures-body.ts";
import { MINUTE_BOUNDS } from "../../../../src/figures/cells/cell-table.ts";
import { addFigures, addPost, emptySlice } from "../../../../src/figures/cells/slice.ts";
import { sessionHash } from "../../../../src/figures/cells/session-table.ts";
import { answerOf, mergeAnswers, type TimedSlice } from "../../../../src/figures/read/answer.ts";
import { addErrors, type ErrorGroups } from "../../../../src/figures/read/error-groups.ts";
import { MINUTE_MS } from "../../../../src/figures/read/query.ts";
import { OTHER, RELATIVE_ERROR } from "../../../../src/protocol/figures/dimensions.ts";
import type { FiguresAnswer } from "../../../../src/protocol/figures/figures-answer.ts";
import type { FiguresBody } from "../../../../src/protocol/figures/figures-body.ts";
import { FIGURE_PARTS, type FiguresQuery } from "../../../../src/protocol/figures/figures-calls.ts";
import type { TurnFigures } from "../../../../src/protocol/figures/turn-figures.ts";
import { runs } from "../../../support/runs.ts";
import { arbitraryFigures, MINUTES } from "../arbitrary-figures.ts";
import { AT } from "../records.ts";

const START = AT - (AT % MINUTE_MS);
const query = (fields: Partial<FiguresQuery> = {}): FiguresQuery => ({
  from: START,
  to: START + MINUTES * MINUTE_MS,
  stepMs: MINUTE_MS,
  filters: {},
  metrics: ["time_to_first_token"],
  parts: [...FIGURE_PARTS],
  ...fields,
});

function answer(all: readonly TurnFigures[], asked: FiguresQuery): FiguresAnswer {
  const slices = new Map<number, TimedSlice>();
  const groups: ErrorGroups = {};
  for (const one of all.toSorted((a, b) => a.at - b.at)) {
    const at = one.at - (one.at % MINUTE_MS);
    const timed = slices.get(at) ?? { at, slice: emptySlice() };
    slices.set(at, timed);
    addFigures(timed.slice, one, MINUTE_BOUNDS);
    addErrors(groups, one, one.at);
  }
  return answerOf(slices.values(), asked, Object.values(groups));
}
const bodyOf = (all: readonly TurnFigures[], asked = query()): FiguresBody =>
  figuresBody(answer(all, asked), asked, AT, true);
const sum = (numbers: readonly number[] = []): number => numbers.reduce((a, b) => a + b, 0);
const turn = (fields: Partial<TurnFigures> = {}): TurnFigures => ({
  trace: "t",
  isTurn: true,
  at: AT,
  outcome: "completed",
  metrics: {},
  ...fields,
});

describe("the answer", () => {
  it("counts exactly, by group and over time, and adds up over a project's objects", () => {
    fc.assert(
      fc.property(fc.array(arbitraryFigures), fc.array(arbitraryFigures), (some, more) => {
        const asked = query({ by: "assistant" });
        const all = [...some, ...more];
        const merged = mergeAnswers([answer(some, asked), answer(more, asked)]);
        const body = figuresBody(merged, asked, AT, true);
        expect(body).toEqual({ ...bodyOf(all, asked), errors: body.errors });
        const turns = all.filter(({ isTurn }) => isTurn);
        expect(body.total?.turns).toBe(turns.length);
        expect(sum(body.total?.series.turns)).toBe(turns.length);
        expect(sum(body.groups?.map((group) => group.turns))).toBe(turns.length);
        for (const group of body.groups ?? []) {
          const own = turns.filter(({ assistant = "" }) => assistant === group.value);
          expect(group.turns).toBe(own.length);
          expect(sum(group.series.turns)).toBe(own.length);
        }
        const tools = all.flatMap((one) => one.tools ?? []);
        expect(sum(body.tools?.map(({ calls }) => calls))).toBe(tools.length);
        expect(sum(body.tools?.flatMap(({ series }) => series.calls))).toBe(tools.length);
        const errors = all.flatMap((one) => one.errors ?? []);
        const counts = errors.map(({ count }) => count);
        expect(sum(body.errors?.groups.map(({ count }) => count))).toBe(sum(counts));
        expect(body.errors?.other).toBe(0);
        const tokens = all.flatMap((one) => (one.generations ?? []).map(({ total }) => total));
        expect(sum(body.cost?.days.map((day) => day.tokens.total))).toBe(sum(tokens));
        expect(sum(body.cost?.by.model.map((row) => row.tokens.total))).toBe(sum(tokens));
      }),
      { numRuns: runs(60) },
    );
  });

  it("names releases in one order, whichever object was asked first", () => {
    const [one, two] = [turn({ release: "r1" }), turn({ release: "r2" })];
    const asked = query();
    for (const [first, second] of [
      [one, two],
      [two, one],
    ] as const) {
      const merged = mergeAnswers([answer([first], asked), answer([second], asked)]);
      const { releases } = figuresBody(merged, asked, AT, true);
      expect(releases?.map(({ release }) => release)).toEqual(["r1", "r2"]);
    }
  });

  it("filters by any attribute, and by several", () => {
    fc.assert(
      fc.property(fc.array(arbitraryFigures), (all) => {
        const filters = { assistant: ["Claude"], country: ["DE", ""], variant: ["tone:a"] };
        const body = bodyOf(all, query({ filters }));
        const fit = all.filter(
          ({ isTurn, assistant, country = "", variants }) =>
            isTurn &&
            assistant === "Claude" &&
            ["DE", ""].includes(country) &&
            variants?.["tone"] === "a",
        );
        expect(body.total?.turns).toBe(fit.length);
        expect(sum(body.total?.series.turns)).toBe(fit.length);
        const names = body.dimensions?.assistant.map(({ value }) => value) ?? [];
        expect(new Set(names)).toEqual(new Set(all.map(({ assistant = "" }) => assistant)));
      }),
    );
  });

  it("has percentiles within the stated error, and a histogram of all values", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1 }), (values) => {
        const body = bodyOf(values.map((ms) => turn({ metrics: { turn: ms } })));
        const told = body.total?.metrics.turn;
        const sorted = values.toSorted((a, b) => a - b);
        const exact = (share: number): number =>
          sorted[Math.floor(share * (values.length - 1))] ?? 0;
        for (const [found, share] of [
          [told?.p50, 0.5],
          [told?.p90, 0.9],
          [told?.p99, 0.99],
        ] as const) {
          expect(Math.abs((found ?? 0) / exact(share) - 1)).toBeLessThan(RELATIVE_ERROR + 0.001);
        }
        expect(sum(told?.histogram.map(({ count }) => count))).toBe(values.length);
      }),
    );
  });

  it("says nothing where there is nothing, for each step", () => {
    const body = bodyOf([turn({ at: AT + 2 * MINUTE_MS, metrics: { time_to_first_token: 400 } })]);
    expect(body.times).toEqual([0, 1, 2, 3, 4].map((n) => START / 1000 + n * 60));
    expect(body.total?.series.turns).toEqual([0, 0, 1, 0, 0]);
    expect(body.total?.series.metrics.time_to_first_token?.p50).toEqual([
      null,
      null,
      400,
      null,
      null,
    ]);
    expect(body.total?.metrics.network).toMatchObject({ count: 0, p50: null, histogram: [] });
    expect(bodyOf([])).toMatchObject({
      since: null,
      total: { turns: 0, cost: 0 },
      groups: [],
      tools: [],
      experiments: [],
      errors: { groups: [], other: 0 },
      cost: { days: [] },
    });
  });

  it("has at most twelve groups, the last of which is all the rest", () => {
    const all = Array.from({ length: 300 }, (_, n) => turn({ assistant: `Bot ${n % 30}` }));
    const groups = bodyOf(all, query({ by: "assistant" })).groups ?? [];
    expect(groups).toHaveLength(12);
    expect(groups.at(-1)).toMatchObject({ value: OTHER, turns: 190 });
    expect(sum(groups.at(-1)?.series.turns)).toBe(190);
  });

  it("lists the slowest and the latest sessions, with what each waited and cost", () => {
    const one = (session: string, wait: number, more: Partial<TurnFigures> = {}): TurnFigures =>
      turn({ session, metrics: { time_to_first_token: wait, turn: 2 * wait }, ...more });
    const error = { fingerprint: "f", type: "E", message: "", count: 2 };
    const spent = { ms: 1, input: 1, output: 2, total: 3, cost: 0.5 };
    const all = [
      one("slow", 100),
      one("slow", 9000, { outcome: "failed", errors: [error], generations: [spent] }),
      one("fast", 50, { at: AT + MINUTE_MS, assistant: "Claude", trace: "its-latest" }),
      turn(),
    ];
    const sessions = bodyOf(all).sessions;
    expect(sessions).toMatchObject({ count: 2, complete: true });
    expect(sessions?.slowest.map(({ session }) => session)).toEqual(
      ["slow", "fast"].map(sessionHash),
    );
    expect(sessions?.slowest[0]).toMatchObject({
      turns: 2,
      failed: 1,
      errors: 2,
      tokens: 3,
      cost: 0.5,
      timeToFirstToken: { count: 2, mean: 4550, max: 9000 },
      turn: { count: 2, max: 18_000 },
    });
    expect(sessions?.latest[0]).toMatchObject({
      session: sessionHash("fast"),
      assistant: "Claude",
      latestTrace: "its-latest",
      lastSeen: new Date(AT + MINUTE_MS).toISOString(),
    });
    const filtered = bodyOf(all, query({ filters: { assistant: ["Claude"] } })).sessions;
    expect(filtered?.latest.map(({ session }) => session)).toEqual([sessionHash("fast")]);
    const crowd = Array.from({ length: 500 }, (_, n) => one(`s${n}`, n));
    const busy = bodyOf(crowd).sessions;
    expect(busy).toMatchObject({ complete: false });
    expect(busy?.slowest).toHaveLength(20);
    expect(busy?.slowest.map(({ session }) => session)).toEqual(
      Array.from({ length: 20 }, (_, n) => sessionHash(`s${499 - n}`)),
    );
  });

  it("shows releases as they came", () => {
    const all = [
      turn({ release: "r1" }),
      turn({ release: "r2", at: AT + MINUTE_MS }),
      turn({ release: "r1", at: AT + MINUTE_MS }),
    ];
    const at = (n: number): string => new Date(START + n * MINUTE_MS).toISOString();
    expect(bodyOf(all).releases).toEqual([
      { release: "r1", turns: 2, firstSeen: at(0), lastSeen: at(1) },
      { release: "r2", turns: 1, firstSeen: at(1), lastSeen: at(1) },
    ]);
  });

  it("sets variants side by side, with intervals where there is enough", () => {
    const variant = (tone: string, n: number): TurnFigures =>
      turn({
        variants: { tone },
        outcome: n % 4 === 0 ? "failed" : "completed",
        metrics: { time_to_first_token: 100 + n, turn: 1000 },
        generations: [{ model: "m", ms: 1, input: 1, output: 1, total: 2, cost: 0.01 + n / 1e5 }],
        scores: [
          { name: "stars", value: n % 5 },
          { name: "mood", value: n % 2 === 0 ? "good" : "bad" },
        ],
      });
    const all = [
      ...Array.from({ length: 100 }, (_, n) => variant("dry", n)),
      ...Array.from({ length: 5 }, (_, n) => variant("warm", n)),
    ];
    const [tone, ...others] = bodyOf(all).experiments ?? [];
    expect(others).toEqual([]);
    expect(tone?.name).toBe("tone");
    const [dry, warm] = tone?.variants ?? [];
    expect(dry).toMatchObject({
      variant: "dry",
      turns: 100,
      outcomes: { failed: 25, completed: 75 },
      completed: { n: 100, value: 0.75, low: 0.657, high: 0.8245, enough: true },
      categories: { mood: { good: 50, bad: 50 } },
    });
    expect(dry?.timeToFirstToken.low).toBeLessThan(150);
    expect(dry?.timeToFirstToken.high).toBeGreaterThan(149);
    expect(dry?.cost.value).toBeCloseTo(0.0105, 4);
    expect((dry?.cost.high ?? 0) - (dry?.cost.low ?? 0)).toBeLessThan(0.001);
    expect(dry?.scores["stars"]).toMatchObject({ n: 100, value: 2, enough: true });
    expect(warm).toMatchObject({
      turns: 5,
      completed: { n: 5, low: null, high: null, enough: false },
      cost: { enough: false },
    });
  });

  it("groups errors with what is known of them", () => {
    const error = {
      fingerprint: "0011223344556677",
      type: "E",
      message: "m",
      stack: "s",
      count: 2,
    };
    const all = [
      turn({ errors: [error], release: "r1", assistant: "A", trace: "one" }),
      turn({ errors: [error], release: "r2", assistant: "B", trace: "two", at: AT + MINUTE_MS }),
    ];
    expect(bodyOf(all).errors?.groups).toEqual([
      {
        fingerprint: error.fingerprint,
        type: "E",
        message: "m",
        stack: "s",
        count: 4,
        total: 4,
        firstSeen: new Date(AT).toISOString(),
        lastSeen: new Date(AT + MINUTE_MS).toISOString(),
        releases: ["r2", "r1"],
        assistants: ["B", "A"],
        exampleTrace: "two",
        series: [2, 2, 0, 0, 0],
      },
    ]);
  });

  it("shows Langfuse's answers and latency by kind, and what is alive", () => {
    const slice = emptySlice();
    for (const [ms, told] of [
      [100, "delivered"],
      [20_000, "timeout"],
    ] as const) {
      addPost(slice, { kind: "observation", at: AT, ms, answer: told });
    }
    addFigures(slice, turn({ session: "s1" }), MINUTE_BOUNDS);
    const asked = query();
    const only = answerOf([{ at: START, slice }], asked);
    expect(langfuseBody(only, stepsOf(only, asked))).toMatchObject({
      langfuse: [
        {
          kind: "observation",
          requests: 2,
          answers: { delivered: 1, timeout: 1 },
          latency: { count: 2, max: 20_000 },
          series: { requests: [2, 0, 0, 0, 0], failed: [1, 0, 0, 0, 0] },
        },
      ],
      alive: { sessions: 1, objects: 0 },
    });
  });
});
