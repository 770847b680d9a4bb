// The durations and rates of a turn: what the browser library measured, else what the marks of a hand-written
// client say, else what the times of its generations say. Pure.
import type { TurnFigures } from "../../protocol/figures/turn-figures.ts";
import type { ObservationFacts } from "./observation-facts.ts";
import { numbersIn } from "./numbers-in.ts";
import { outputTokens } from "./tokens.ts";

type Metrics = TurnFigures["metrics"];

/** A duration's name among the latencies, and the marks between which it lies. */
const LATENCIES = [
  ["frontend_processing", "trace_created", "pre_api_flush"],
  ["proxy_flush", "pre_api_flush", "post_api_flush_success"],
  ["network", "pre_api_flush", "first_backend_response"],
  ["time_to_first_token", "pre_api_flush", "first_chunk_received"],
  ["streaming", "first_chunk_received", "streaming_complete"],
] as const;

export function turnMetrics(
  root: ObservationFacts | undefined,
  generations: readonly ObservationFacts[],
): Metrics {
  const metrics: Metrics = {};
  if (root !== undefined) {
    metrics.turn = root.endTime - root.startTime;
    const told = numbersIn(root.metadata("latencies")) ?? {};
    for (const [name, from, to] of LATENCIES) {
      const between = told[name] ?? Number(told[to]) - Number(told[from]);
      if (between >= 0) metrics[name] = between;
    }
    const streamed = generations.filter(({ completionStart }) => completionStart !== undefined);
    const [first] = streamed;
    const last = streamed.at(-1);
    if (first?.completionStart !== undefined) {
      const took = first.completionStart - first.startTime;
      if (took >= 0) metrics.time_to_first_token ??= took;
    }
    if (last?.completionStart !== undefined) {
      const took = last.endTime - last.completionStart;
      if (took >= 0) metrics.streaming ??= took;
      const tokens = outputTokens(last.usage);
      if (took > 0 && tokens > 0) metrics.tokens_per_second = (tokens / took) * 1000;
    }
    const rate = generations.map(({ metadata }) => metadata("chunksPerSecond")).findLast(isNumber);
    if (rate !== undefined) metrics.chunks_per_second = Number(rate);
  }
  return metrics;
}

function isNumber(text: string | undefined): text is string {
  return text !== undefined && text !== "" && Number(text) >= 0;
}
