// The calls to a project's metrics object. It is only told: nothing that is accepted or delivered waits for it, and
// where it is lost, only the view is. Additive across versions, as the sessions' calls are.
import type { RecordKind } from "../record.ts";
import type { Dimension, MetricName } from "./dimensions.ts";
import type { FiguresAnswer } from "./figures-answer.ts";
import type { TurnFigures } from "./turn-figures.ts";

/** A request of the consumer to Langfuse. */
export interface LangfusePost {
  kind: RecordKind;
  /** Epoch ms, when it was answered. */
  at: number;
  ms: number;
  /** `delivered`, or why not: `timeout`, `unavailable`, `unauthorized` … */
  answer: string;
}

/** News of one consumer, of one or several passes. */
export interface FiguresBatch {
  /** Unlike any other batch's: one that is told twice counts once. */
  id: string;
  figures: TurnFigures[];
  posts: LangfusePost[];
  /** Ids of session objects that delivered something. */
  objects: string[];
}

export interface TellAnswer {
  /** Objects among which the project's figures are to be spread from now on; 1 for most. */
  shards: number;
  /** Somebody has read the figures lately; an object of an earlier version does not say. */
  isRead?: boolean;
}

export const FIGURE_PARTS = [
  "speed",
  "tools",
  "experiments",
  "cost",
  "errors",
  "delivery",
] as const;
export type FigurePart = (typeof FIGURE_PARTS)[number];

export interface FiguresQuery {
  /** Epoch ms; both at the beginning of a step. */
  from: number;
  to: number;
  /** A whole number of minutes; an hour or more is answered from hours. */
  stepMs: number;
  by?: Dimension;
  /** Values of which one has to fit, of each dimension that is named. */
  filters: Partial<Record<Dimension, string[]>>;
  /** Whose series each group has. */
  metrics: MetricName[];
  parts: FigurePart[];
}

export interface FiguresCalls {
  tell(batch: FiguresBatch): Promise<TellAnswer>;
  figures(query: FiguresQuery): Promise<FiguresAnswer>;
  /** All figures since the beginning, by assistant alone, for Prometheus. */
  totals(): Promise<FiguresAnswer>;
}
