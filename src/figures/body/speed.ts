// The speed part: everything, groups, what there is to choose from, and releases. Pure.
import type { Cell, CellTable } from "../../protocol/figures/cells.ts";
import { DIMENSIONS, type Dimension, OTHER } from "../../protocol/figures/dimensions.ts";
import type { FiguresAnswer, StepAnswer } from "../../protocol/figures/figures-answer.ts";
import type { FiguresBody, GroupBody, ReleaseBody } from "../../protocol/figures/figures-body.ts";
import type { FiguresQuery } from "../../protocol/figures/figures-calls.ts";
import { emptyCell, mergeCell } from "../cells/cell.ts";
import { valuesIn, valuesOf } from "../cells/cell-table.ts";
import { fits } from "../read/answer.ts";
import { countDistinct } from "../sketch/distinct.ts";
import { groupBody } from "./group-body.ts";
import { sessionsBody } from "./sessions.ts";

/** Groups with a series of their own; a chart shows no more lines than that. */
const MAX_GROUPS = 12;
/** Values of a dimension to choose from. */
const MAX_VALUES = 100;

export type Steps = readonly (StepAnswer | undefined)[];
type SpeedBody = Required<
  Pick<FiguresBody, "total" | "groups" | "sessions" | "dimensions" | "releases">
>;

export function speedBody(answer: FiguresAnswer, query: FiguresQuery, steps: Steps): SpeedBody {
  const fitting = fittingCells(answer.cells, query);
  const total = groupBody(
    "",
    sumOf(Object.values(fitting)),
    steps.map((step) => step?.total),
  );
  return {
    total: { ...total, users: countDistinct(answer.users) },
    groups: query.by === undefined ? [] : groupsOf(fitting, query.by, steps),
    sessions: sessionsBody(answer),
    dimensions: Object.fromEntries(
      DIMENSIONS.map((dimension) => [dimension, choices(answer.cells, dimension)]),
    ) as SpeedBody["dimensions"],
    releases: releasesOf(steps),
  };
}

export function fittingCells(cells: CellTable, { filters }: FiguresQuery): CellTable {
  const fitting = Object.entries(cells).filter(([key]) => fits(valuesOf(key), filters));
  return Object.fromEntries(fitting);
}

/** The sum of each value's cells, most turns first. */
export function cellsBy(cells: CellTable, dimension: Dimension): [value: string, cell: Cell][] {
  const sums = new Map<string, Cell>();
  for (const [key, cell] of Object.entries(cells)) {
    for (const value of valuesIn(valuesOf(key), dimension)) {
      const sum = sums.get(value) ?? emptyCell();
      sums.set(value, sum);
      mergeCell(sum, cell);
    }
  }
  return [...sums].sort(([a, one], [b, other]) => other.turns - one.turns || (a < b ? -1 : 1));
}

export function sumOf(cells: readonly Cell[]): Cell {
  const sum = emptyCell();
  for (const cell of cells) mergeCell(sum, cell);
  return sum;
}

function groupsOf(cells: CellTable, by: Dimension, steps: Steps): GroupBody[] {
  const all = cellsBy(cells, by);
  const own = all.filter(([value]) => value !== OTHER).slice(0, MAX_GROUPS - 1);
  const shown = new Set(own.map(([value]) => value));
  const rest = all.filter(([value]) => !shown.has(value));
  const groups = own.map(([value, cell]) =>
    groupBody(
      value,
      cell,
      steps.map((step) =>
        step && Object.hasOwn(step.groups, value) ? step.groups[value] : undefined,
      ),
    ),
  );
  if (rest.length === 0) return groups;
  const others = steps.map((step) => {
    const left = Object.entries(step?.groups ?? {}).filter(([value]) => !shown.has(value));
    return left.length === 0 ? undefined : sumOf(left.map(([, cell]) => cell));
  });
  return [...groups, groupBody(OTHER, sumOf(rest.map(([, cell]) => cell)), others)];
}

function choices(cells: CellTable, dimension: Dimension): { value: string; turns: number }[] {
  const turns = new Map<string, number>();
  for (const [key, cell] of Object.entries(cells)) {
    for (const value of valuesIn(valuesOf(key), dimension)) {
      turns.set(value, (turns.get(value) ?? 0) + cell.turns);
    }
  }
  return Array.from(turns, ([value, count]) => ({ value, turns: count }))
    .sort((a, b) => b.turns - a.turns || (a.value < b.value ? -1 : 1))
    .slice(0, MAX_VALUES);
}

function releasesOf(steps: Steps): ReleaseBody[] {
  const seen = new Map<string, ReleaseBody>();
  for (const step of steps) {
    for (const [release, turns] of Object.entries(step?.releases ?? {})) {
      if (release === "" || release === OTHER) continue;
      const at = new Date(step?.at ?? 0).toISOString();
      const before = seen.get(release);
      seen.set(release, {
        release,
        turns: turns + (before?.turns ?? 0),
        firstSeen: before?.firstSeen ?? at,
        lastSeen: at,
      });
    }
  }
  // In one order, whichever object was asked first.
  return [...seen.values()].sort(
    (a, b) => byText(a.firstSeen, b.firstSeen) || byText(a.release, b.release),
  );
}

const byText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
