// The figures that sealed records of one trace tell. Mostly one settlement has all of a turn; of a long one, of a
// late score and of a backend's half the parts come apart, and each tells what it has: `isTurn` is true for the
// part with the root alone, so that parts add up and a turn counts once. Plain data, additive across versions: a
// session keeps such figures of traces that it sampled out, and hands them on in a lease.
import type { MetricName, TurnOutcome } from "./dimensions.ts";

export interface GenerationFigures {
  model?: string;
  /** From its start to its end. */
  ms: number;
  /** Tokens. `total` is what was told, or all parts added. */
  input: number;
  output: number;
  total: number;
  /** US dollars; absent where nobody knows. */
  cost?: number;
}

export interface ToolFigures {
  name: string;
  ms: number;
  error?: true;
}

export interface ErrorFigures {
  /** 16 hex digits: the client's where it told one, else of the type and the message without what changes. */
  fingerprint: string;
  /** `TypeError`; of a failed observation without an error's type, its own name. */
  type: string;
  /** Masked as everything is; at most 300 UTF-16 units. */
  message: string;
  /** At most 2,000 UTF-16 units. */
  stack?: string;
  /** How often it came. */
  count: number;
}

export interface ScoreFigures {
  name: string;
  /** A number (a boolean is 0 or 1), or a category's text. */
  value: number | string;
}

export interface TurnFigures {
  /** Langfuse trace id. */
  trace: string;
  /** The root is among the records: this is the part that counts as a turn. */
  isTurn: boolean;
  /** The end of the root, else of the latest of its records; epoch ms. Figures count in this minute. */
  at: number;
  /** The trace's name. */
  assistant?: string;
  /** The session's id, as Langfuse has it. */
  session?: string;
  /** 16 hex digits of a hash of project and user id: users are counted, not named. */
  user?: string;
  /** That of its longest generation. */
  model?: string;
  release?: string;
  environment?: string;
  country?: string;
  source?: string;
  /** The variant of each experiment, by the experiment's name. */
  variants?: Record<string, string>;
  /** Of a turn. */
  outcome?: TurnOutcome;
  /** Of a turn: its durations and rates. `generation` is in `generations` alone. */
  metrics: Partial<Record<Exclude<MetricName, "generation">, number>>;
  generations?: GenerationFigures[];
  tools?: ToolFigures[];
  errors?: ErrorFigures[];
  scores?: ScoreFigures[];
  /** Of a trace that was sampled: how many it stands for in Langfuse. Figures here count each turn as one. */
  weight?: number;
  /** The trace is not in Langfuse: its figures are all that there is. */
  sampledOut?: true;
}
