// The tools that models call: how often, how often in vain, and how long they take.
import type { FiguresBody, ToolBody } from "../../protocol/figures/figures-body.ts";
import { chart } from "../charts/chart.ts";
import { el } from "../dom/el.ts";
import { table } from "../dom/table.ts";
import { countChart, overTime } from "../figures/charts.ts";
import { dimensionFields, figuresUrl, rangeField } from "../figures/query.ts";
import { cut, visible } from "../format/cut.ts";
import { count, share } from "../format/number.ts";
import { duration } from "../format/time.ts";
import { figuresView } from "../shell/figures-view.ts";
import { card, emptyState } from "../shell/states.ts";

const nameOf = ({ name }: ToolBody): string => cut(visible(name), 60);

export const toolsView = figuresView<FiguresBody>({
  fields: () => [rangeField],
  fieldsOf: ({ dimensions, tools = [] }, { choices }) => [
    {
      kind: "select",
      name: "tool",
      label: "Chart of",
      options: [
        { value: "", label: "all tools" },
        ...tools.map((tool) => ({ value: tool.name, label: nameOf(tool) })),
      ],
    },
    ...dimensionFields(dimensions, choices),
  ],
  load: ({ api, choices, now, signal }) =>
    api.get(figuresUrl({ part: ["tools", "speed"], metric: [] }, choices, now()), signal),
  draw: (figures, { choices }, signal) => {
    const { tools = [] } = figures;
    if (tools.length === 0) {
      return [
        emptyState(
          "No tool was called in this time",
          "A tool shows here as soon as an answer's stream tells of its call, or an observation of type tool ends.",
        ),
      ];
    }
    const chosen = tools.find(({ name }) => name === choices["tool"]);
    const drawn = chosen === undefined ? tools : [chosen];
    return [
      card(
        "Tools",
        "Most calls first. Half of the calls take less than p50; one in twenty takes longer than p95.",
        toolTable(tools),
      ),
      el("div", "grid", callsCard(drawn, figures, signal), timesCard(drawn[0], figures, signal)),
    ];
  },
});

function toolTable(tools: readonly ToolBody[]): HTMLElement {
  return table(
    "Tools: calls, errors and times",
    [
      { title: "Tool", cell: nameOf },
      { title: "Calls", isNumber: true, cell: ({ calls }: ToolBody) => count(calls) },
      {
        title: "Errors",
        isNumber: true,
        cell: ({ errors, calls }: ToolBody) =>
          el("span", errors > 0 ? "bad" : "", `${count(errors)} (${share(errors, calls)})`),
      },
      {
        title: "p50",
        isNumber: true,
        cell: ({ duration: { p50 } }: ToolBody) => duration(p50 ?? undefined),
      },
      {
        title: "p95",
        isNumber: true,
        cell: ({ duration: { p95 } }: ToolBody) => duration(p95 ?? undefined),
      },
    ],
    tools,
  );
}

function callsCard(
  tools: readonly ToolBody[],
  range: FiguresBody,
  signal: AbortSignal,
): HTMLElement {
  const sum = (read: (tool: ToolBody) => readonly number[]): number[] =>
    range.times.map((_, i) => tools.reduce((all, tool) => all + (read(tool)[i] ?? 0), 0));
  const lines = [
    { label: "calls", tone: "one" as const, values: sum(({ series }) => series.calls) },
    { label: "errors", tone: "bad" as const, values: sum(({ series }) => series.errors) },
  ];
  const what = tools.length === 1 && tools[0] ? nameOf(tools[0]) : "All tools";
  return card(
    `${what}: calls and errors`,
    "How many in each step of time.",
    chart(countChart(`${what}: calls and errors over time.`, range, lines), signal),
  );
}

function timesCard(
  tool: ToolBody | undefined,
  range: FiguresBody,
  signal: AbortSignal,
): HTMLElement | undefined {
  if (tool === undefined) return undefined;
  const name = nameOf(tool);
  return card(
    `${name}: how long a call takes`,
    "p50 is the middle; one in twenty calls takes longer than p95.",
    chart(
      {
        ...overTime(range),
        summary: `${name}: p50 and p95 over time.`,
        drawn: "lines",
        yKind: "time",
        formatY: (ms) => duration(ms),
        lines: [
          { label: "p95", tone: "p99", values: tool.series.p95 },
          { label: "p50", tone: "p50", values: tool.series.p50, filled: true },
        ],
      },
      signal,
    ),
  );
}
