// One group of turns as the API shows it: sums, distributions and its series. Pure.
import type { Cell } from "../../protocol/figures/cells.ts";
import { METRIC_NAMES, OUTCOMES, type TurnOutcome } from "../../protocol/figures/dimensions.ts";
import type { CostRow, GroupBody, Series } from "../../protocol/figures/figures-body.ts";
import { NANOS } from "../cells/cell.ts";
import { distributionOf, seriesOf } from "./distribution.ts";

/** @param steps one for each of the answer's times; undefined where nothing was */
export function groupBody(
  value: string,
  cell: Cell,
  steps: readonly (Cell | undefined)[],
): GroupBody {
  return {
    value,
    turns: cell.turns,
    outcomes: outcomesOf(cell),
    errors: cell.errors,
    tokens: tokensOf(cell),
    cost: dollarsOf(cell),
    unpriced: cell.unpriced,
    metrics: Object.fromEntries(
      METRIC_NAMES.map((name) => [name, distributionOf(cell.metrics[name])]),
    ) as GroupBody["metrics"],
    series: groupSeries(steps),
  };
}

function groupSeries(steps: readonly (Cell | undefined)[]): Series {
  const each = (of: (cell: Cell) => number): number[] =>
    steps.map((cell) => (cell === undefined ? 0 : of(cell)));
  const shown = METRIC_NAMES.filter((name) => steps.some((cell) => cell?.metrics[name]));
  return {
    turns: each(({ turns }) => turns),
    failed: each(({ outcomes }) => outcomes["failed"] ?? 0),
    errors: each(({ errors }) => errors),
    tokens: each(({ total }) => total),
    cost: each(dollarsOf),
    metrics: Object.fromEntries(
      shown.map((name) => [name, seriesOf(steps.map((cell) => cell?.metrics[name]))]),
    ),
  };
}

export function outcomesOf({ outcomes }: Cell): Record<TurnOutcome, number> {
  const counts = OUTCOMES.map((outcome) => [outcome, outcomes[outcome] ?? 0]);
  return Object.fromEntries(counts) as Record<TurnOutcome, number>;
}

export function costRow(value: string, cell: Cell): CostRow {
  const { turns, unpriced } = cell;
  return { value, turns, tokens: tokensOf(cell), cost: dollarsOf(cell), unpriced };
}

function tokensOf({ input, output, total }: Cell): GroupBody["tokens"] {
  return { input, output, total };
}

export function dollarsOf({ nanos }: Cell): number {
  return nanos / NANOS;
}
