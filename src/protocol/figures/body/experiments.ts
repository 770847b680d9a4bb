// Experiments in the JSON of figures: their variants, with estimates. Only types.
import type { TurnOutcome } from "../dimensions.ts";

/** An estimate with its 95 % confidence interval: null where there is `enough: false`. */
export interface Estimate {
  /** Values that it is made of. */
  n: number;
  value: number | null;
  low: number | null;
  high: number | null;
  /** False: "not enough yet", fewer than 30 values. */
  enough: boolean;
}

export interface VariantBody {
  variant: string;
  turns: number;
  outcomes: Record<TurnOutcome, number>;
  /** Share of turns with the outcome `completed`, 0 to 1 (Wilson's interval). */
  completed: Estimate;
  /** Medians, ms (by order statistics). */
  timeToFirstToken: Estimate;
  turn: Estimate;
  /** Means a turn: US dollars, and tokens. */
  cost: Estimate;
  tokens: Estimate;
  /** Means, by the score's name. */
  scores: Record<string, Estimate>;
  /** Scores that are categories: counts, by name and text. */
  categories: Record<string, Record<string, number>>;
}

export interface ExperimentBody {
  name: string;
  /** The variant with most turns first. */
  variants: VariantBody[];
}
