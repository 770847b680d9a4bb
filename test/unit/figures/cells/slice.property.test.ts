import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyCell, mergeCell, NANOS } from "../../../../src/figures/cells/cell.ts";
import {
  type Bounds,
  boundsOf,
  HOUR_BOUNDS,
  MINUTE_BOUNDS,
  valuesOf,
} from "../../../../src/figures/cells/cell-table.ts";
import {
  addFigures,
  addPost,
  emptySlice,
  mergeSlice,
} from "../../../../src/figures/cells/slice.ts";
import type { Cell, Slice } from "../../../../src/protocol/figures/cells.ts";
import { OTHER } from "../../../../src/protocol/figures/dimensions.ts";
import type { LangfusePost } from "../../../../src/protocol/figures/figures-calls.ts";
import type { TurnFigures } from "../../../../src/protocol/figures/turn-figures.ts";
import { arbitraryFigures } from "../arbitrary-figures.ts";

const post: fc.Arbitrary<LangfusePost> = fc.record({
  kind: fc.constantFrom("observation" as const, "score" as const),
  at: fc.nat(),
  ms: fc.nat(30_000),
  answer: fc.constantFrom("delivered", "timeout"),
});
type News = TurnFigures | LangfusePost;
const news: fc.Arbitrary<News> = fc.oneof(arbitraryFigures, post);

function sliceOf(all: readonly News[], bounds: Bounds = MINUTE_BOUNDS): Slice {
  const slice = emptySlice();
  for (const one of all) {
    if ("trace" in one) addFigures(slice, one, bounds);
    else addPost(slice, one);
  }
  return slice;
}

function sum(slices: readonly Slice[], bounds: Bounds = HOUR_BOUNDS): Slice {
  const all = emptySlice();
  for (const one of slices) mergeSlice(all, one, bounds);
  return all;
}

function totalOf({ cells }: Slice): Cell {
  const total = emptyCell();
  for (const cell of Object.values(cells)) mergeCell(total, cell);
  return total;
}

describe("a slice", () => {
  it("adds up, in whatever order and grouping, to that of all news", () => {
    fc.assert(
      fc.property(fc.array(fc.array(news, { maxLength: 8 }), { maxLength: 5 }), (parts) => {
        const whole = sliceOf(parts.flat());
        const each = parts.map((part) => sliceOf(part));
        const [first, ...rest] = each;
        expect(sum(each)).toEqual(whole);
        expect(sum(each.toReversed())).toEqual(whole);
        expect(sum([sum(rest), ...(first ? [first] : [])])).toEqual(whole);
        expect(sliceOf(parts.flat().toReversed())).toEqual(whole);
      }),
    );
  });

  it("counts exactly, whatever there is room for", () => {
    fc.assert(
      fc.property(fc.array(arbitraryFigures), fc.integer({ min: 1, max: 4 }), (all, most) => {
        const bounds = boundsOf(most);
        const slice = sliceOf(all, bounds);
        expect(Object.keys(slice.cells).length).toBeLessThanOrEqual(Math.ceil(most * 1.5) + 1);
        const turns = all.filter(({ isTurn }) => isTurn);
        const generations = all.flatMap((one) => one.generations ?? []);
        const errors = all.flatMap((one) => one.errors ?? []);
        const tools = all.flatMap((one) => one.tools ?? []);
        const total = totalOf(slice);
        expect(total).toMatchObject({
          turns: turns.length,
          generations: generations.length,
          total: generations.reduce((tokens, one) => tokens + one.total, 0),
          errors: errors.reduce((count, one) => count + one.count, 0),
        });
        const told = Object.values(total.tools ?? {});
        expect(told.reduce((calls, tool) => calls + tool.calls, 0)).toBe(tools.length);
        const dollars = generations.reduce((cost, one) => cost + (one.cost ?? 0), 0);
        expect(total.nanos / NANOS).toBeCloseTo(dollars, 6);
        // The same totals after the table was merged into a narrower one.
        expect(totalOf(sum([slice, slice], boundsOf(1))).turns).toBe(2 * turns.length);
      }),
    );
  });

  it("keeps combinations that came early, and gives up the country first", () => {
    const turn = (country: string): TurnFigures => ({
      trace: "t",
      isTurn: true,
      at: 0,
      assistant: "Claude",
      country,
      metrics: { turn: 1 },
    });
    const countries = Array.from({ length: 300 }, (_, n) => `C${n}`);
    const slice = sliceOf([...countries.map(turn), turn("C0")], boundsOf(10));
    const cells = Object.entries(slice.cells).map(([key, cell]) => ({ ...valuesOf(key), ...cell }));
    expect(cells).toHaveLength(11);
    expect(cells.find(({ country }) => country === "C0")?.turns).toBe(2);
    expect(cells.find(({ country }) => country === OTHER)).toMatchObject({
      assistant: "Claude",
      turns: 290,
    });
  });

  it("stays small whatever names come", () => {
    const hostile = Array.from({ length: 3000 }, (_, n): TurnFigures => ({
      trace: "t",
      isTurn: true,
      at: 0,
      assistant: `Bot ${n}`,
      model: `m${n}`,
      country: `c${n}`,
      metrics: { turn: n },
      tools: [{ name: `tool ${n}`, ms: 1 }],
      errors: [{ fingerprint: String(n), type: "E", message: "", count: 1 }],
      scores: [
        { name: `score ${n}`, value: n },
        { name: "mood", value: `text ${n}` },
      ],
      session: `s${n}`,
      user: `u${n}`,
    }));
    const slice = sliceOf(hostile);
    expect(JSON.stringify(slice).length).toBeLessThan(400_000);
    expect(totalOf(slice).turns).toBe(3000);
    expect(Object.values(slice.errors).reduce((all, count) => all + count, 0)).toBe(3000);
  });

  it("survives being stored", () => {
    fc.assert(
      fc.property(fc.array(news), (all) => {
        const slice = sliceOf(all);
        expect(JSON.parse(JSON.stringify(slice))).toEqual(slice);
      }),
    );
  });
});

it("counts on where an earlier version has stored a text for a name of every object's", () => {
  const turn: TurnFigures = {
    trace: "t",
    isTurn: true,
    at: 0,
    metrics: {},
    scores: [{ name: "mood", value: "constructor" }],
  };
  const stored = sliceOf([turn]);
  const [cell] = Object.values(stored.cells);
  Object.assign(cell?.categories?.["mood"] ?? {}, { constructor: "function Object() {}1" });
  const merged = sum([stored, sliceOf([turn]), sliceOf([turn])]);
  addFigures(merged, turn, HOUR_BOUNDS);
  expect(totalOf(merged).categories).toEqual({ mood: { constructor: 3 } });
});
