// The names by which figures are told apart, and the quantities that have a distribution. Pure.

/** The attributes of a turn by which figures may be grouped and filtered. A turn without one has "" there. */
export const DIMENSIONS = [
  /** The trace's name. */
  "assistant",
  "model",
  "release",
  "environment",
  /** Two letters, ISO 3166-1, as the network saw the page's request. */
  "country",
  /** The trace's metadata `source`: `frontend-click`, `backend-api` … */
  "source",
  /** Variants of the turn's experiments, `experiment:variant`; a turn may be in several. */
  "variant",
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Metadata that the edge adds to a page's trace: its country. */
export const COUNTRY_KEY = "langfuse_edge_country";

/** The value that stands for all that had no room of its own. No client's value: those are cut before `…`. */
export const OTHER = "…";

/** Quantities with a distribution, and their units. */
export const METRICS = {
  /** From the click to the request: interface, validation, storing the message. */
  frontend_processing: "ms",
  /** The flush of the actions before the chat request. */
  proxy_flush: "ms",
  /** From the chat request to the backend's first response. */
  network: "ms",
  /** From the chat request to the first token; of a backend's turn, of its first generation. */
  time_to_first_token: "ms",
  /** From the first token to the last. */
  streaming: "ms",
  /** The trace from its beginning to its end. */
  turn: "ms",
  /** One generation, from its start to its end: a turn may have several. */
  generation: "ms",
  chunks_per_second: "1/s",
  /** Output tokens of the generations in a second of streaming. */
  tokens_per_second: "1/s",
} as const;
export type MetricName = keyof typeof METRICS;
export const METRIC_NAMES = Object.keys(METRICS) as MetricName[];

/** The outcomes of a turn, as the browser library names them. */
export const OUTCOMES = [
  "completed",
  "stopped",
  "abandoned",
  "failed",
  "cut",
  "filtered",
  "refused",
] as const;
export type TurnOutcome = (typeof OUTCOMES)[number];

/** Quantiles are within this of the true value, relative to it. */
export const RELATIVE_ERROR = 0.01;
