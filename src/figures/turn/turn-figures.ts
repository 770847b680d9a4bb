// What the records of a settlement tell, trace by trace. Pure: any order of the records gives the same figures.
import { COUNTRY_KEY } from "../../protocol/figures/dimensions.ts";
import { EXPERIMENT, MAX_VARIANTS, WEIGHT_KEY } from "../../protocol/figures/score-labels.ts";
import type {
  GenerationFigures,
  ToolFigures,
  TurnFigures,
} from "../../protocol/figures/turn-figures.ts";
import { derivedId } from "../../protocol/ids.ts";
import { roundCost } from "../../protocol/model-price.ts";
import { isSpanRecord, type SealedRecord, type SpanOrigin } from "../../protocol/record.ts";
import { turnMetrics } from "./durations.ts";
import { cut, label } from "./labels.ts";
import { totalOf } from "./numbers-in.ts";
import type { ObservationFacts, TraceLabels } from "./observation-facts.ts";
import { omitUndefined } from "./omit-undefined.ts";
import { outcomeOf } from "./outcome.ts";
import { recordFacts, traceLabels } from "./record-facts.ts";
import { spanFacts } from "./span-facts.ts";
import { inputTokens, outputTokens } from "./tokens.ts";
import { turnErrors } from "./turn-errors.ts";
import { readScore } from "./turn-scores.ts";

/** A page's own trace of errors between turns: no turn. */
const PAGE_ERRORS = "frontend-error";
const LATE_UPDATE = "late-update";
const MAX_WORD_LENGTH = 60;

interface Parts {
  observations: ObservationFacts[];
  scores: NonNullable<TurnFigures["scores"]>;
  /** Of its scores, where there is no observation. */
  trace?: TraceLabels;
  scoredAt: number;
  sampledOut: boolean;
}

/**
 * @param project its public key
 * @param origins of spans among the records
 */
export function turnFigures(
  project: string,
  records: readonly SealedRecord[],
  origins: Readonly<Record<string, SpanOrigin>> = {},
): TurnFigures[] {
  const traces = new Map<string, Parts>();
  const partsOf = (trace: string): Parts => {
    const found = traces.get(trace) ?? {
      observations: [],
      scores: [],
      scoredAt: 0,
      sampledOut: false,
    };
    traces.set(trace, found);
    return found;
  };
  for (const record of inOneOrder(records)) {
    if (record.kind === "score") {
      const read = readScore(record);
      if (read?.score === undefined) continue;
      const parts = partsOf(read.trace);
      parts.sampledOut ||= record.sampledOut === true;
      parts.scores.push(read.score);
      parts.scoredAt = Math.max(parts.scoredAt, record.timestamp);
      if (record.labels !== undefined) parts.trace ??= traceLabels(record.labels);
      continue;
    }
    const facts = isSpanRecord(record)
      ? spanFacts(record, origins[record.origin])
      : recordFacts(record);
    if (facts === undefined || facts.name === LATE_UPDATE) continue;
    const parts = partsOf(facts.traceId);
    parts.sampledOut ||= record.sampledOut === true;
    parts.observations.push(facts);
  }
  return Array.from(traces, ([trace, parts]) => figuresOf(project, trace, parts));
}

/** By their beginnings, then by their ids. */
function inOneOrder(records: readonly SealedRecord[]): SealedRecord[] {
  const begins = (record: SealedRecord): number =>
    record.kind === "score" ? record.timestamp : record.startTime;
  return [...records].sort(
    (a, b) => begins(a) - begins(b) || (a.id < b.id ? -1 : a.id > b.id ? 1 : a.ordinal - b.ordinal),
  );
}

function figuresOf(project: string, trace: string, parts: Parts): TurnFigures {
  const { observations, scores } = parts;
  const root = observations.find(({ root }) => root);
  const source = root?.metadata("source");
  const isTurn = root !== undefined && source !== PAGE_ERRORS;
  const called = observations.filter((one) => isGeneration(one));
  const generations = called.filter(({ type }) => type === "generation");
  const first = root ?? observations[0];
  const known = first?.trace ?? parts.trace;
  const metadata = first?.metadata ?? ((key: string) => known?.metadata.get(key));
  const tools = observations.filter(({ type }) => type === "tool").map(toolOf);
  const errors = turnErrors(observations);
  const ends = observations.map(({ endTime }) => endTime);
  const longest = called.toSorted((a, b) => lengthOf(b) - lengthOf(a)).find(({ model }) => model);
  const weight = Number(metadata(WEIGHT_KEY));
  return {
    trace,
    isTurn,
    at: root?.endTime ?? Math.max(parts.scoredAt, ...ends),
    metrics: isTurn ? turnMetrics(root, generations) : {},
    ...omitUndefined({
      assistant: label(known?.name ?? root?.name),
      session: known?.session,
      user: known?.user && derivedId("user", project, known.user).slice(0, 16),
      model: label(longest?.model),
      release: label(known?.release),
      environment: label(known?.environment),
      country: label(metadata(COUNTRY_KEY)),
      source: label(source ?? metadata("source")),
      variants: known && variantsOf(known),
      outcome: isTurn ? outcomeOf(root, generations) : undefined,
      generations: orNone(called.map(generationOf)),
      tools: orNone(tools),
      errors: orNone(errors),
      scores: orNone(scores),
      weight: weight > 1 ? weight : undefined,
      sampledOut: parts.sampledOut ? (true as const) : undefined,
    }),
  };
}

/** Whatever took tokens counts, as Langfuse counts it. */
function isGeneration({ type, usage, costs }: ObservationFacts): boolean {
  return type === "generation" || usage !== undefined || costs !== undefined;
}

function lengthOf({ startTime, endTime }: ObservationFacts): number {
  return endTime - startTime;
}

function generationOf(one: ObservationFacts): GenerationFigures {
  const { usage = {}, costs } = one;
  return {
    ms: lengthOf(one),
    input: inputTokens(usage),
    output: outputTokens(usage),
    total: totalOf(usage),
    ...omitUndefined({ model: label(one.model), cost: costs && roundCost(totalOf(costs)) }),
  };
}

function toolOf(one: ObservationFacts): ToolFigures {
  return {
    name: label(one.name) ?? "tool",
    ms: lengthOf(one),
    ...(one.level === "ERROR" && { error: true as const }),
  };
}

function variantsOf({ metadata }: TraceLabels): Record<string, string> | undefined {
  const found = Array.from(metadata)
    .filter(([key, value]) => key.startsWith(EXPERIMENT) && value !== "")
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, MAX_VARIANTS)
    .map(([key, value]): [string, string] => [word(key.slice(EXPERIMENT.length)), word(value)]);
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** Names of variants are joined by commas. */
function word(text: string): string {
  return cut(text, MAX_WORD_LENGTH).replaceAll(",", ";");
}

function orNone<T>(list: T[]): T[] | undefined {
  return list.length === 0 ? undefined : list;
}
