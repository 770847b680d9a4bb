// The tools part. Pure.
import type { FiguresAnswer } from "../../protocol/figures/figures-answer.ts";
import type { ToolBody } from "../../protocol/figures/figures-body.ts";
import type { FiguresQuery } from "../../protocol/figures/figures-calls.ts";
import { distributionOf, quantiles } from "./distribution.ts";
import { fittingCells, type Steps, sumOf } from "./speed.ts";

/** Most calls first. */
export function toolsBody(answer: FiguresAnswer, query: FiguresQuery, steps: Steps): ToolBody[] {
  const { tools = {} } = sumOf(Object.values(fittingCells(answer.cells, query)));
  return Object.entries(tools)
    .map(([name, { calls, errors, ms }]) => {
      const each = steps.map((step) => {
        const all = step?.total.tools;
        return all && Object.hasOwn(all, name) ? all[name] : undefined;
      });
      const times = each.map((tool) => tool?.ms);
      return {
        name,
        calls,
        errors,
        duration: distributionOf(ms),
        series: {
          calls: each.map((tool) => tool?.calls ?? 0),
          errors: each.map((tool) => tool?.errors ?? 0),
          p50: quantiles(times, 0.5),
          p95: quantiles(times, 0.95),
        },
      };
    })
    .sort((a, b) => b.calls - a.calls || (a.name < b.name ? -1 : 1));
}
