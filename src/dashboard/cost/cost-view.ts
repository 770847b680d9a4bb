// What it costs: tokens and dollars by day, assistant, model and variant.
import type { CostRow, FiguresBody } from "../../protocol/figures/figures-body.ts";
import { chart } from "../charts/chart.ts";
import { el } from "../dom/el.ts";
import { table } from "../dom/table.ts";
import { overTime } from "../figures/charts.ts";
import { dimensionFields, figuresUrl, rangeField, valueTitle } from "../figures/query.ts";
import { cut, visible } from "../format/cut.ts";
import { count, counted, dollars, share } from "../format/number.ts";
import { figuresView } from "../shell/figures-view.ts";
import { card, emptyState, tile } from "../shell/states.ts";

const BY = [
  ["assistant", "Assistant"],
  ["model", "Model"],
  ["variant", "Variant"],
] as const;

export const costView = figuresView<FiguresBody>({
  fields: () => [rangeField],
  fieldsOf: ({ dimensions }, { choices }) => dimensionFields(dimensions, choices),
  load: ({ api, choices, now, signal }) =>
    api.get(figuresUrl({ part: ["cost", "speed"] }, choices, now()), signal),
  draw: (figures, _context, signal) => {
    const { cost, total } = figures;
    if (cost === undefined || total === undefined || total.turns === 0) {
      return [
        emptyState(
          "No turn in this time",
          "Tokens and dollars stand here with the first turn whose answer tells its usage.",
        ),
      ];
    }
    const { turns, tokens, cost: sum, unpriced } = total;
    const noPrice = unpriced > 0 ? `${counted(unpriced, "generation")} without a price` : "";
    return [
      el(
        "div",
        "tiles",
        tile("Cost", dollars(sum), noPrice, unpriced > 0 ? "" : ""),
        tile("A turn", dollars(turns > 0 ? sum / turns : undefined), "mean"),
        tile("Input tokens", count(tokens.input)),
        tile("Output tokens", count(tokens.output)),
        tile("Turns", count(turns)),
      ),
      ...(unpriced > 0 ? [unpricedNote(unpriced)] : []),
      el(
        "div",
        "grid of-tables",
        overTimeCard(figures, signal),
        card(
          "By day",
          "Days of UTC, the latest first.",
          costTable("Day", cost.days.toReversed(), sum),
        ),
        ...BY.map(([name, title]) =>
          card(
            `By ${title.toLowerCase()}`,
            "The dearest first.",
            costTable(title, cost.by[name], sum),
          ),
        ),
      ),
    ];
  },
});

function unpricedNote(unpriced: number): HTMLElement {
  return el(
    "p",
    "note calm",
    `${counted(unpriced, "generation")} told no cost, and MODEL_PRICES has no price of their model: the sums lack them. Set MODEL_PRICES, and new turns have one.`,
  );
}

function overTimeCard(figures: FiguresBody, signal: AbortSignal): HTMLElement {
  const values = figures.total?.series.cost ?? [];
  return card(
    "Cost over time",
    "US dollars in each step of time.",
    chart(
      {
        ...overTime(figures),
        summary: "Cost over time, US dollars in each step.",
        drawn: "bars",
        formatY: (value) => dollars(value),
        lines: [{ label: "cost", tone: "one", values }],
      },
      signal,
    ),
  );
}

function costTable(title: string, rows: readonly CostRow[], sum: number): HTMLElement {
  return table(
    `Cost by ${title.toLowerCase()}`,
    [
      {
        title,
        cell: ({ value, cost }: CostRow) => {
          const part = el("span", "part");
          part.style.width = `${sum > 0 ? Math.min(100, (cost / sum) * 100) : 0}%`;
          return el("span", "", cut(visible(valueTitle(value)), 60), part);
        },
      },
      {
        title: "Cost",
        isNumber: true,
        cell: ({ cost }: CostRow) =>
          el("span", "", dollars(cost), el("span", "range", share(cost, sum))),
      },
      {
        title: "Tokens in, out",
        isNumber: true,
        cell: ({ tokens }: CostRow) => `${count(tokens.input)}, ${count(tokens.output)}`,
      },
      {
        title: "A turn",
        isNumber: true,
        cell: ({ cost, turns }: CostRow) => dollars(turns > 0 ? cost / turns : undefined),
      },
      { title: "Turns", isNumber: true, cell: ({ turns }: CostRow) => count(turns) },
    ],
    rows,
  );
}
