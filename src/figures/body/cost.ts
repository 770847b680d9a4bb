// The cost part: by day, and by assistant, model and variant. Pure.
import type { CellTable } from "../../protocol/figures/cells.ts";
import type { Dimension } from "../../protocol/figures/dimensions.ts";
import type { FiguresAnswer } from "../../protocol/figures/figures-answer.ts";
import type { CostBody, CostRow } from "../../protocol/figures/figures-body.ts";
import { costRow } from "./group-body.ts";
import { cellsBy } from "./speed.ts";

const MAX_ROWS = 50;

export function costBody({ days }: FiguresAnswer, fitting: CellTable): CostBody {
  const by = (dimension: Dimension): CostRow[] =>
    cellsBy(fitting, dimension)
      .map(([value, cell]) => costRow(value, cell))
      .sort((a, b) => b.cost - a.cost || b.tokens.total - a.tokens.total)
      .slice(0, MAX_ROWS);
  return {
    days: Object.entries(days)
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([day, cell]) => costRow(new Date(Number(day)).toISOString().slice(0, 10), cell)),
    by: { assistant: by("assistant"), model: by("model"), variant: by("variant") },
  };
}
