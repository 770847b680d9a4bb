// Sums since the beginning, for counters that may never fall: by assistant alone, so that they stay small. Pure.
import type { Cell, CellTable, LangfuseCells, Slice } from "../../protocol/figures/cells.ts";
import { DIMENSIONS } from "../../protocol/figures/dimensions.ts";
import { type Bounds, cellFor, valuesOf } from "../cells/cell-table.ts";
import { mergeCell } from "../cells/cell.ts";
import { mergeLangfuse } from "../cells/slice.ts";

/** Assistants that are counted for themselves: the first ones, since a counter keeps its name. */
const MAX_ASSISTANTS = 50;
const BOUNDS: Bounds = [{ most: MAX_ASSISTANTS, gives: [] }];
const NONE = Object.fromEntries(DIMENSIONS.map((name) => [name, ""])) as ReturnType<
  typeof valuesOf
>;

export interface Totals {
  cells: CellTable;
  langfuse: LangfuseCells;
}

export function emptyTotals(): Totals {
  return { cells: {}, langfuse: {} };
}

/** Adds a slice, in place; that one is not changed. */
export function addToTotals(totals: Totals, { cells, langfuse }: Slice): void {
  for (const [key, cell] of Object.entries(cells)) {
    const { assistant } = valuesOf(key);
    mergeCell(cellFor(totals.cells, { ...NONE, assistant }, BOUNDS), counted(cell));
  }
  mergeLangfuse(totals.langfuse, langfuse);
}

/** What counters show: of tools the calls, and of scores nothing. These sums are kept for ever. */
function counted(cell: Cell): Cell {
  const { scores: _s, categories: _c, turnCost: _d, turnTokens: _t, tools, ...rest } = cell;
  if (tools === undefined) return rest;
  const calls = Object.entries(tools).map(([name, tool]) => [
    name,
    { ...tool, ms: { ...tool.ms, bins: [] } },
  ]);
  return { ...rest, tools: Object.fromEntries(calls) as NonNullable<Cell["tools"]> };
}
