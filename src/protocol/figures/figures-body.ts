// The JSON of `GET /api/langfuse/figures`.
//
// Query: `from`, `to` (ISO 8601 or epoch ms; default the last hour; at most 30 days back), `step` (seconds:
// 60, 300, 900, 3600, 21600 or 86400; default by the range, so that a series has at most 200 points or so, and beyond 12 hours an hour; below
// an hour only of the last two days), `by` (a dimension: groups), any dimension as a filter, repeatable
// (`assistant=Claude&assistant=Bot` is either; `release=` is those without one), `metric` (repeatable: whose
// series each group has; default `time_to_first_token`), and `part` (repeatable or with commas; default `speed`):
//
// | part | field | filtered by dimensions |
// | speed | total, groups, sessions (by their latest turn), dimensions, releases | yes |
// | tools | tools | yes |
// | experiments | experiments | yes |
// | cost | cost | yes |
// | errors | errors | yes |
// | delivery | delivery | no: of the whole project |
//
// Counts are exact; quantiles are within `RELATIVE_ERROR` of the true value; `alive` and `users` are exact up to
// 256 and within some 6 % beyond. Times are ISO 8601, but for `times` of a series: epoch seconds, as charts want
// them. A turn counts in the minute of its end. `null` is "nothing to say": no values in that step.
import type { Dimension, MetricName, TurnOutcome } from "./dimensions.ts";

export interface Distribution {
  /** Values. */
  count: number;
  mean: number | null;
  min: number | null;
  max: number | null;
  p50: number | null;
  p90: number | null;
  p95: number | null;
  p99: number | null;
  /** Adjacent bars of equal width on a logarithmic scale, at most 40; empty ones among them. */
  histogram: Bar[];
}

export interface Bar {
  from: number;
  to: number;
  count: number;
}

/** Each list has one entry for each of `times`. */
export interface Series {
  turns: number[];
  /** Turns with the outcome `failed`. */
  failed: number[];
  errors: number[];
  tokens: number[];
  /** US dollars. */
  cost: number[];
  metrics: Partial<Record<MetricName, MetricSeries>>;
}

export interface MetricSeries {
  count: number[];
  p50: (number | null)[];
  p90: (number | null)[];
  p99: (number | null)[];
}

export interface GroupBody {
  /** The dimension's value; "" for turns without one, `OTHER` for all that had no room. */
  value: string;
  turns: number;
  outcomes: Record<TurnOutcome, number>;
  /** Errors, of whatever kind; a turn may have several. */
  errors: number;
  /** Tokens of all generations. */
  tokens: { input: number; output: number; total: number };
  /** US dollars, of generations whose cost is known … */
  cost: number;
  /** … and how many generations are without. */
  unpriced: number;
  /** Different users, where the records name them; only of the whole. */
  users?: number;
  metrics: Record<MetricName, Distribution>;
  series: Series;
}

export interface ToolBody {
  name: string;
  calls: number;
  errors: number;
  /** ms. */
  duration: Distribution;
  series: { calls: number[]; errors: number[]; p50: (number | null)[]; p95: (number | null)[] };
}

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

export interface CostRow {
  /** Tokens and dollars by this. */
  value: string;
  turns: number;
  tokens: { input: number; output: number; total: number };
  cost: number;
  unpriced: number;
}

export interface CostBody {
  /** By UTC day, oldest first; `value` is `2026-11-28`. */
  days: CostRow[];
  /** Dearest first, at most 50. */
  by: Record<Extract<Dimension, "assistant" | "model" | "variant">, CostRow[]>;
}

export interface ErrorGroupBody {
  fingerprint: string;
  type: string;
  /** Null for readers who see no payloads: an error may quote them. */
  message: string | null;
  /** For those its frames alone. */
  stack: string | null;
  /** In the range asked for. */
  count: number;
  /** Since the group was seen first, whatever the range. */
  total: number;
  firstSeen: string;
  lastSeen: string;
  /** At most 10, the latest first. */
  releases: string[];
  assistants: string[];
  /** Langfuse trace id of the latest. */
  exampleTrace: string;
  series: number[];
}

export interface ErrorsBody {
  /** Most in the range first, at most 100. */
  groups: ErrorGroupBody[];
  /** Errors in the range of groups that there was no room for. */
  other: number;
}

export interface SessionBody {
  /** 16 hex digits of a hash of its id: sessions are told apart, not named. */
  session: string;
  /** The assistant of its latest turn. */
  assistant: string;
  turns: number;
  /** Turns with the outcome `failed`. */
  failed: number;
  errors: number;
  tokens: number;
  /** US dollars. */
  cost: number;
  /** ms, of its turns. */
  timeToFirstToken: SessionDistribution;
  turn: SessionDistribution;
  lastSeen: string;
  /** Langfuse trace id of its latest turn. */
  latestTrace: string;
}

export type SessionDistribution = Pick<Distribution, "count" | "mean" | "p50" | "max">;

export interface SessionsBody {
  /** Different sessions with a turn in the range, whatever the filters. */
  count: number;
  /** Those whose slowest first token took longest, at most 20. */
  slowest: SessionBody[];
  /** Those with the latest turns, at most 20. */
  latest: SessionBody[];
  /** False: there were more than there is room for. Those that are listed are the slowest and the latest all the same, but their sums may lack turns. */
  complete: boolean;
}

export interface ReleaseBody {
  release: string;
  turns: number;
  /** In the range asked for, to the step. */
  firstSeen: string;
  lastSeen: string;
}

export interface LangfuseKindBody {
  kind: "observation" | "score";
  /** Requests of ours to Langfuse. */
  requests: number;
  /** By what became of them: `delivered`, `timeout`, `unavailable`, `unauthorized` … */
  answers: Record<string, number>;
  /** ms. */
  latency: Distribution;
  series: { requests: number[]; failed: number[]; p50: (number | null)[]; p99: (number | null)[] };
}

export interface DeliveryBody {
  /** Of all time, as `GET /api/langfuse/outcomes` has them. */
  accepted: number;
  delivered: number;
  pending: number;
  dead: number;
  dropped: Record<string, number>;
  balance: number;
  oldestPending: { since: string; ageSeconds: number } | null;
  deadLetters: { total: number; byReason: Record<string, number> };
  langfuse: LangfuseKindBody[];
  /** In the range asked for: sessions with a turn, and objects that delivered something. */
  alive: { sessions: number; objects: number };
}

export interface FiguresBody {
  /** Now. */
  at: string;
  /** The range, widened to whole steps. */
  from: string;
  to: string;
  /** Seconds. */
  step: number;
  /** The beginning of each step, epoch seconds. */
  times: number[];
  by: Dimension | null;
  /** Since when there are figures; null while there are none. */
  since: string | null;
  /** Everything that fits the filters. */
  total?: GroupBody;
  /** Most turns first, at most 12; what is left is in the last one, `OTHER`. Empty without `by`. */
  groups?: GroupBody[];
  sessions?: SessionsBody;
  /** Values to choose from in the range, whatever the filters: most turns first, at most 100 each. */
  dimensions?: Record<Dimension, { value: string; turns: number }[]>;
  /** In the order in which they came. */
  releases?: ReleaseBody[];
  tools?: ToolBody[];
  experiments?: ExperimentBody[];
  cost?: CostBody;
  errors?: ErrorsBody;
  delivery?: DeliveryBody;
}
