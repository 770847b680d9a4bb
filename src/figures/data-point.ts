// A turn as a data point of Workers Analytics Engine; docs/figures.md says what stands where. Pure. A column keeps its
// meaning for good: stored points are asked by place. What a turn does not have is "" or -1, since 0 is a value.
import type { DataPoint } from "../protocol/figures/data-point.ts";
import type { GenerationFigures, TurnFigures } from "../protocol/figures/turn-figures.ts";
import { variantsText } from "./cells/cell-table.ts";
import { cut } from "./turn/labels.ts";

/** All blobs of a point have 16 KB together: so many characters of each have room, in any alphabet. */
const MAX_BLOB_LENGTH = 250;
const NONE = -1;

export const BLOBS = [
  "project",
  "assistant",
  "model",
  "release",
  "environment",
  "country",
  "source",
  "variants",
  "outcome",
  "trace",
  "session",
  "user",
  "error_fingerprint",
  "error",
  "tools",
] as const;

export const DOUBLES = [
  "turns",
  "weight",
  "frontend_processing_ms",
  "proxy_flush_ms",
  "network_ms",
  "time_to_first_token_ms",
  "streaming_ms",
  "turn_ms",
  "chunks_per_second",
  "tokens_per_second",
  "input_tokens",
  "output_tokens",
  "total_tokens",
  "cost_dollars",
  "errors",
  "tool_calls",
  "tool_errors",
  "generations",
  "generation_ms",
] as const;

/**
 * @param project its name in logs
 * @param weight how many points this one stands for, where not all could be written
 */
export function dataPoint(project: string, figures: TurnFigures, weight: number): DataPoint {
  const { metrics, generations = [], tools = [], errors = [] } = figures;
  const sum = (of: (one: GenerationFigures) => number): number =>
    generations.reduce((all, one) => all + of(one), 0);
  const [error] = errors;
  const blobs: Record<(typeof BLOBS)[number], string> = {
    project,
    assistant: figures.assistant ?? "",
    model: figures.model ?? "",
    release: figures.release ?? "",
    environment: figures.environment ?? "",
    country: figures.country ?? "",
    source: figures.source ?? "",
    variants: variantsText(figures.variants),
    outcome: figures.outcome ?? "",
    trace: figures.trace,
    session: figures.session ?? "",
    user: figures.user ?? "",
    error_fingerprint: error?.fingerprint ?? "",
    error: error === undefined ? "" : `${error.type}: ${error.message}`,
    tools: [...new Set(tools.map(({ name }) => name))].join(","),
  };
  const doubles: Record<(typeof DOUBLES)[number], number> = {
    turns: figures.isTurn ? 1 : 0,
    weight,
    frontend_processing_ms: metrics.frontend_processing ?? NONE,
    proxy_flush_ms: metrics.proxy_flush ?? NONE,
    network_ms: metrics.network ?? NONE,
    time_to_first_token_ms: metrics.time_to_first_token ?? NONE,
    streaming_ms: metrics.streaming ?? NONE,
    turn_ms: metrics.turn ?? NONE,
    chunks_per_second: metrics.chunks_per_second ?? NONE,
    tokens_per_second: metrics.tokens_per_second ?? NONE,
    input_tokens: sum(({ input }) => input),
    output_tokens: sum(({ output }) => output),
    total_tokens: sum(({ total }) => total),
    cost_dollars: sum(({ cost = 0 }) => cost),
    errors: errors.reduce((all, { count }) => all + count, 0),
    tool_calls: tools.length,
    tool_errors: tools.filter((tool) => tool.error === true).length,
    generations: generations.length,
    generation_ms: generations.length === 0 ? NONE : Math.max(...generations.map(({ ms }) => ms)),
  };
  return {
    indexes: [project],
    blobs: BLOBS.map((name) => cut(blobs[name], MAX_BLOB_LENGTH)),
    doubles: DOUBLES.map((name) => (Number.isFinite(doubles[name]) ? doubles[name] : NONE)),
  };
}
