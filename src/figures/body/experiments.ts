// The experiments part: the variants of each side by side, each value with its confidence interval. Pure.
import type { Cell, CellTable, Sketch } from "../../protocol/figures/cells.ts";
import { OTHER } from "../../protocol/figures/dimensions.ts";
import type {
  Estimate,
  ExperimentBody,
  VariantBody,
} from "../../protocol/figures/body/experiments.ts";
import { meanEstimate, medianEstimate, shareEstimate } from "../read/estimates.ts";
import { meanOf } from "../sketch/sketch.ts";
import { rounded } from "./distribution.ts";
import { dollarsOf, outcomesOf } from "./group-body.ts";
import { cellsBy } from "./speed.ts";

export function experimentsBody(cells: CellTable): ExperimentBody[] {
  const experiments = new Map<string, VariantBody[]>();
  for (const [value, cell] of cellsBy(cells, "variant")) {
    const colon = value.lastIndexOf(":");
    if (value === OTHER || colon < 1) continue;
    const name = value.slice(0, colon);
    const variants = experiments.get(name) ?? [];
    experiments.set(name, variants);
    variants.push(variantBody(value.slice(colon + 1), cell));
  }
  return Array.from(experiments, ([name, variants]) => ({ name, variants })).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

function variantBody(variant: string, cell: Cell): VariantBody {
  const { turns, metrics, turnCost, turnTokens, scores = {}, categories = {} } = cell;
  const perTurn = (sketch: Sketch | undefined, total: number): Estimate =>
    shown(meanEstimate(sketch, turns === 0 ? 0 : total / turns, turns));
  return {
    variant,
    turns,
    outcomes: outcomesOf(cell),
    completed: shown(shareEstimate(outcomesOf(cell).completed, turns)),
    timeToFirstToken: shown(medianEstimate(metrics.time_to_first_token)),
    turn: shown(medianEstimate(metrics.turn)),
    cost: perTurn(turnCost, dollarsOf(cell)),
    tokens: perTurn(turnTokens, cell.total),
    scores: Object.fromEntries(
      Object.entries(scores).map(([name, sketch]) => [
        name,
        shown(meanEstimate(sketch, meanOf(sketch) ?? undefined)),
      ]),
    ),
    categories,
  };
}

function shown({ value, low, high, ...rest }: Estimate): Estimate {
  return { ...rest, value: rounded(value), low: rounded(low), high: rounded(high) };
}
