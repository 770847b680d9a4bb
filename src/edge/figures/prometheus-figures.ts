// A project's turns as Prometheus reads them: sums since the beginning, by assistant, which are few. Pure.
import type { Cell, CellTable, LangfuseCells, Sketch } from "../../protocol/figures/cells.ts";
import { OUTCOMES } from "../../protocol/figures/dimensions.ts";
import type { FiguresAnswer } from "../../protocol/figures/figures-answer.ts";
import { RECORD_KINDS } from "../../protocol/record.ts";
import { cellsBy, sumOf as sumOfCells } from "../../figures/body/speed.ts";
import { NANOS } from "../../figures/cells/cell.ts";
import { cumulative } from "../../figures/sketch/histogram.ts";
import { sumOf } from "../../figures/sketch/sketch.ts";
import type { Metric } from "../admin/prometheus.ts";

/** Seconds; a sketch knows of each bound within its error. */
const BOUNDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
/** Those of a turn that somebody waits for. */
const DURATIONS = [
  ["turn_seconds", "turn", "Traces from their beginning to their end."],
  ["time_to_first_token_seconds", "time_to_first_token", "From the request to the first token."],
  ["network_seconds", "network", "From the request to the backend's first response."],
  ["frontend_processing_seconds", "frontend_processing", "From the click to the request."],
  ["proxy_flush_seconds", "proxy_flush", "The flush before the request."],
  ["streaming_seconds", "streaming", "From the first token to the last."],
  ["generation_seconds", "generation", "Generations from their start to their end."],
] as const;

type Samples = Metric["samples"];

export function figuresMetrics({ cells, langfuse }: FiguresAnswer): Metric[] {
  const assistants = cellsBy(cells, "assistant");
  const each = (of: (cell: Cell) => number): Samples =>
    assistants.map(([assistant, cell]) => [{ assistant }, of(cell)]);
  return [
    counter(
      "turns_total",
      "Turns that ended, by outcome.",
      assistants.flatMap(([assistant, { outcomes }]): Samples =>
        OUTCOMES.flatMap((outcome) => {
          const turns = outcomes[outcome] ?? 0;
          return turns === 0 ? [] : [[{ assistant, outcome }, turns]];
        }),
      ),
    ),
    counter(
      "turn_tokens_total",
      "Tokens of generations.",
      assistants.flatMap(([assistant, { input, output }]): Samples => [
        [{ assistant, kind: "input" }, input],
        [{ assistant, kind: "output" }, output],
      ]),
    ),
    counter(
      "turn_cost_dollars_total",
      "Cost of generations whose price is known, US dollars.",
      each(({ nanos }) => nanos / NANOS),
    ),
    counter(
      "turn_errors_total",
      "Errors of turns, of whatever kind.",
      each(({ errors }) => errors),
    ),
    ...toolMetrics(cells),
    ...DURATIONS.map(([name, metric, help]): Metric => ({
      name: `langfuse_edge_${name}`,
      type: "histogram",
      help,
      samples: assistants.flatMap(([assistant, cell]) =>
        histogram({ assistant }, cell.metrics[metric]),
      ),
    })),
    ...langfuseMetrics(langfuse),
  ];
}

function toolMetrics(cells: CellTable): Metric[] {
  const tools = Object.entries(sumOfCells(Object.values(cells)).tools ?? {});
  return [
    counter(
      "tool_calls_total",
      "Calls of tools.",
      tools.map(([tool, { calls }]) => [{ tool }, calls]),
    ),
    counter(
      "tool_errors_total",
      "Calls of tools that failed.",
      tools.map(([tool, { errors }]) => [{ tool }, errors]),
    ),
  ];
}

function langfuseMetrics(langfuse: LangfuseCells): Metric[] {
  const cells = RECORD_KINDS.flatMap((kind) => {
    const cell = langfuse[kind];
    return cell === undefined ? [] : [{ kind, ...cell }];
  });
  return [
    counter(
      "langfuse_requests_total",
      "Requests to Langfuse, by what became of them.",
      cells.flatMap(({ kind, answers }): Samples =>
        Object.entries(answers).map(([answer, count]) => [{ kind, answer }, count]),
      ),
    ),
    {
      name: "langfuse_edge_langfuse_seconds",
      type: "histogram",
      help: "Langfuse's answers, from the request on.",
      samples: cells.flatMap(({ kind, ms }) => histogram({ kind }, ms)),
    },
  ];
}

/** A sketch of milliseconds; none where there is no value. */
function histogram(labels: Readonly<Record<string, string>>, sketch: Sketch | undefined): Samples {
  if (sketch === undefined) return [];
  const counts = cumulative(
    sketch,
    BOUNDS.map((seconds) => seconds * 1000),
  );
  return [
    ...BOUNDS.map((bound, at): Samples[number] => [
      { ...labels, le: String(bound) },
      counts[at] ?? 0,
      "_bucket",
    ]),
    [{ ...labels, le: "+Inf" }, sketch.n, "_bucket"],
    [labels, sumOf(sketch) / 1000, "_sum"],
    [labels, sketch.n, "_count"],
  ];
}

function counter(name: string, help: string, samples: Samples): Metric {
  return { name: `langfuse_edge_${name}`, type: "counter", help, samples };
}
