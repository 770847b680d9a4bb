// A table that has become too large: of clients who take care that no two of their values are alike, each bin of each
// tool of each combination would be kept. From then on all turns count as one combination: totals stay exact, and the
// object that keeps them can go on reading and writing them. Pure.
import type { Cell, CellTable, Sketch } from "../../protocol/figures/cells.ts";
import type { Bounds } from "./cell-table.ts";

/** Bins of all distributions of a table: some 8 MB, in memory and as text. Busy projects stay far below. */
export const MAX_BINS = 750_000;
const NO_ROOM: Bounds = [];

/** The bounds for what comes next. */
export function boundsIn(table: CellTable, bounds: Bounds): Bounds {
  return binsOf(table) < MAX_BINS ? bounds : NO_ROOM;
}

export function binsOf(table: CellTable): number {
  let bins = 0;
  for (const cell of Object.values(table)) {
    for (const { bins: keys, negative } of sketchesOf(cell)) {
      bins += (keys.length + (negative?.length ?? 0)) / 2;
    }
  }
  return bins;
}

function* sketchesOf(cell: Cell): Generator<Sketch> {
  const { metrics, turnCost, turnTokens, tools = {}, scores = {} } = cell;
  yield* Object.values(metrics);
  if (turnCost) yield turnCost;
  if (turnTokens) yield turnTokens;
  for (const { ms } of Object.values(tools)) yield ms;
  yield* Object.values(scores);
}
