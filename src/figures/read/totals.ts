// Sums since the beginning, for counters that may never fall: by assistant alone, so that they stay small. Pure.
import type { CellTable, LangfuseCells, Slice } from "../../protocol/figures/cells.ts";
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
    const { scores: _scores, categories: _categories, ...rest } = cell;
    mergeCell(cellFor(totals.cells, { ...NONE, assistant }, BOUNDS), rest);
  }
  mergeLangfuse(totals.langfuse, langfuse);
}
