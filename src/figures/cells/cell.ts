// The sums of turns with the same attributes. All of it adds up: counts and whole numbers exactly, distributions
// as sketches. Pure; what is added to a cell changes it in place. Plain data, as it is stored and sent.
import type { Cell, Sketch } from "../../protocol/figures/cells.ts";
import { type MetricName, OTHER } from "../../protocol/figures/dimensions.ts";
import type { GenerationFigures, TurnFigures } from "../../protocol/figures/turn-figures.ts";
import { addValue, mergeSketch } from "../sketch/sketch.ts";
import { ownOf, roomFor } from "./room-for.ts";

/** Different tools in a cell; the rest is `OTHER`, as with the two below. */
const MAX_TOOLS = 32;
const MAX_SCORES = 16;
const MAX_CATEGORIES = 16;
/** Dollars are counted in billionths: floating sums would depend on the order of adding. */
export const NANOS = 1e9;
/** Tokens and errors of one observation, at most: what a client says is no more to be believed. */
const MAX_COUNT = 1e9;

export function emptyCell(): Cell {
  return {
    turns: 0,
    outcomes: {},
    errors: 0,
    generations: 0,
    unpriced: 0,
    input: 0,
    output: 0,
    total: 0,
    nanos: 0,
    metrics: {},
  };
}

/** Adds all but its generations, which belong to their models' cells. */
export function addTurn(cell: Cell, figures: TurnFigures): void {
  const { isTurn, outcome, metrics, generations, tools = [], errors = [], scores = [] } = figures;
  if (isTurn) {
    cell.turns += 1;
    addTo(cell.outcomes, outcome ?? "completed", 1);
    for (const [name, value] of Object.entries(metrics) as [MetricName, number][]) {
      cell.metrics[name] = addValue(cell.metrics[name], Math.max(0, value));
    }
    if (generations !== undefined) {
      const cost = generations.reduce((sum, one) => sum + (one.cost ?? 0), 0);
      const isPriced = generations.some((one) => one.cost !== undefined);
      if (isPriced) cell.turnCost = addValue(cell.turnCost, Math.max(0, cost));
      const tokens = generations.reduce((sum, { total }) => sum + count(total), 0);
      cell.turnTokens = addValue(cell.turnTokens, tokens);
    }
  }
  for (const { name, ms, error } of tools) {
    const all = (cell.tools ??= {});
    const key = roomFor(all, name, MAX_TOOLS);
    const tool = ownOf(all, key);
    all[key] = {
      calls: (tool?.calls ?? 0) + 1,
      errors: (tool?.errors ?? 0) + (error === true ? 1 : 0),
      ms: addValue(tool?.ms, Math.max(0, ms)),
    };
  }
  for (const error of errors) cell.errors += count(error.count);
  for (const { name, value } of scores) {
    if (typeof value === "string") addCategory(cell, name, value, 1);
    else {
      const all = (cell.scores ??= {});
      const key = roomFor(all, name, MAX_SCORES);
      all[key] = addValue(ownOf(all, key), value);
    }
  }
}

export function addGeneration(cell: Cell, one: GenerationFigures): void {
  cell.generations += 1;
  cell.input += count(one.input);
  cell.output += count(one.output);
  cell.total += count(one.total);
  if (one.cost === undefined) cell.unpriced += 1;
  else cell.nanos += nanosOf(one.cost);
  cell.metrics.generation = addValue(cell.metrics.generation, Math.max(0, one.ms));
}

/** Adds another cell; that one is not changed. */
export function mergeCell(cell: Cell, other: Cell): void {
  for (const name of COUNTS) cell[name] += other[name];
  for (const [outcome, turns] of Object.entries(other.outcomes)) {
    addTo(cell.outcomes, outcome, turns);
  }
  for (const [name, sketch] of Object.entries(other.metrics) as [MetricName, Sketch][]) {
    cell.metrics[name] = mergeSketch(cell.metrics[name], sketch);
  }
  if (other.turnCost) cell.turnCost = mergeSketch(cell.turnCost, other.turnCost);
  if (other.turnTokens) cell.turnTokens = mergeSketch(cell.turnTokens, other.turnTokens);
  for (const [name, tool] of Object.entries(other.tools ?? {})) {
    const all = (cell.tools ??= {});
    const key = roomFor(all, name, MAX_TOOLS);
    const before = ownOf(all, key);
    all[key] = {
      calls: (before?.calls ?? 0) + tool.calls,
      errors: (before?.errors ?? 0) + tool.errors,
      ms: mergeSketch(before?.ms, tool.ms),
    };
  }
  for (const [name, sketch] of Object.entries(other.scores ?? {})) {
    const all = (cell.scores ??= {});
    const key = roomFor(all, name, MAX_SCORES);
    all[key] = mergeSketch(ownOf(all, key), sketch);
  }
  for (const [name, texts] of Object.entries(other.categories ?? {})) {
    for (const [text, scores] of Object.entries(texts)) addCategory(cell, name, text, scores);
  }
}

const COUNTS = [
  "turns",
  "errors",
  "generations",
  "unpriced",
  "input",
  "output",
  "total",
  "nanos",
] as const satisfies (keyof Cell)[];

function addCategory(cell: Cell, name: string, text: string, scores: number): void {
  const all = (cell.categories ??= {});
  const key = roomFor(all, name, MAX_SCORES);
  const texts = (all[key] = ownOf(all, key) ?? {});
  addTo(texts, key === OTHER ? OTHER : roomFor(texts, text, MAX_CATEGORIES), scores);
}

/** What is no number was stored by a version that took names of every object's for its own, and is lost. */
export function addTo(counts: Record<string, number>, name: string, count: number): void {
  const known: unknown = ownOf(counts, name);
  counts[name] = (typeof known === "number" ? known : 0) + (typeof count === "number" ? count : 0);
}

/** Dollars as whole billionths. */
export function nanosOf(cost: number): number {
  return Math.round(Math.min(Math.max(0, cost), MAX_COUNT / 1000) * NANOS);
}

export function count(value: number): number {
  return Number.isFinite(value) ? Math.round(Math.min(Math.max(0, value), MAX_COUNT)) : 0;
}
