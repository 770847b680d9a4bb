// Cells by the full combination of a turn's attributes, bounded: where there is no room for a combination, it is
// counted under a coarser one, first without its country, then without more, in the end as one with all others.
// So totals are exact whatever comes, and frequent combinations, which come early, keep their own. Pure.
import type { Cell, CellTable } from "../../protocol/figures/cells.ts";
import { DIMENSIONS, type Dimension, OTHER } from "../../protocol/figures/dimensions.ts";
import { emptyCell, mergeCell } from "./cell.ts";

/** A cell's place in a table: its values in the order of DIMENSIONS. */
export type Values = Readonly<Record<Dimension, string>>;

/** No value has it. */
const BETWEEN = "\u001f";

/** What is given up, step by step, and how many cells there may be before that. */
interface Step {
  most: number;
  gives: readonly Dimension[];
}

export type Bounds = readonly Step[];

/** Of `most` cells with all of their attributes a table has half as many again at most. */
export function boundsOf(most: number): Bounds {
  return [
    { most, gives: [] },
    { most: most * 1.25, gives: ["country"] },
    { most: most * 1.4, gives: ["country", "release", "variant", "source"] },
    { most: most * 1.5, gives: DIMENSIONS.filter((name) => name !== "assistant") },
  ];
}

export const MINUTE_BOUNDS = boundsOf(160);
export const HOUR_BOUNDS = boundsOf(320);

/** How many sessions by each order a slice of these bounds has: 20 of a minute, 40 of an hour. */
export function sessionsIn([first]: Bounds): number {
  return Math.ceil((first?.most ?? 0) / 8);
}

/** The cell for these values, made where there is none. */
export function cellFor(table: CellTable, values: Values, bounds: Bounds): Cell {
  const cells = Object.keys(table).length;
  for (const { most, gives } of bounds) {
    const key = keyOf(without(values, gives));
    const known = table[key];
    if (known !== undefined) return known;
    if (cells < most) return (table[key] = emptyCell());
  }
  return (table[keyOf(without(values, DIMENSIONS))] ??= emptyCell());
}

/** Adds the cells of another table; that one is not changed. */
export function mergeTable(table: CellTable, other: CellTable, bounds: Bounds): void {
  for (const [key, cell] of Object.entries(other)) {
    mergeCell(cellFor(table, valuesOf(key), bounds), cell);
  }
}

export function keyOf(values: Values): string {
  return DIMENSIONS.map((name) => values[name].replaceAll(BETWEEN, " ")).join(BETWEEN);
}

export function valuesOf(key: string): Values {
  const parts = key.split(BETWEEN);
  return Object.fromEntries(DIMENSIONS.map((name, at) => [name, parts[at] ?? ""])) as Values;
}

/** The variants of a turn as one value. */
export function variantsText(variants: Readonly<Record<string, string>> = {}): string {
  return Object.entries(variants)
    .map(([name, variant]) => `${name}:${variant}`)
    .sort()
    .join(",");
}

/** The values of one attribute: of variants there may be several, of the others there is one. */
export function valuesIn(values: Values, dimension: Dimension): string[] {
  return dimension === "variant" ? values.variant.split(",") : [values[dimension]];
}

function without(values: Values, gives: readonly Dimension[]): Values {
  if (gives.length === 0) return values;
  return { ...values, ...Object.fromEntries(gives.map((name) => [name, OTHER])) };
}
