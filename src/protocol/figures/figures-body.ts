// The JSON of `GET /api/langfuse/figures`.
//
// Query: `from`, `to` (ISO 8601 or epoch ms; default the last hour; at most 30 days back), `step` (seconds:
// 60, 300, 900, 3600, 21600 or 86400; default by the range, so that a series has at most 200 points or so, and beyond
// 12 hours an hour; below an hour only of the last two days), `by` (a dimension: groups), any dimension as a filter, repeatable
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
import type { DeliveryBody } from "./body/delivery.ts";
import type { Distribution } from "./body/distribution.ts";
import type { ErrorsBody } from "./body/errors.ts";
import type { ExperimentBody } from "./body/experiments.ts";
import type { SessionsBody } from "./body/sessions.ts";
import type { Dimension, MetricName, TurnOutcome } from "./dimensions.ts";

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

export interface ReleaseBody {
  release: string;
  turns: number;
  /** In the range asked for, to the step. */
  firstSeen: string;
  lastSeen: string;
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
