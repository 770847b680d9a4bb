// The query of the read API: its parameters checked, the range in whole steps. Pure.
import {
  DIMENSIONS,
  type Dimension,
  METRIC_NAMES,
  type MetricName,
} from "../../protocol/figures/dimensions.ts";
import {
  FIGURE_PARTS,
  type FigurePart,
  type FiguresQuery,
} from "../../protocol/figures/figures-calls.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
/** Minutes are kept this long … */
export const MINUTES_KEPT_MS = 2 * DAY_MS;
/** … and hours this long. */
export const HOURS_KEPT_MS = 30 * DAY_MS;
/** Steps that may be asked for, in seconds. */
const STEPS = [60, 300, 900, 3600, 6 * 3600, 24 * 3600];
/** A default step gives about so many points at most. */
const POINTS = 200;
/** Longer ranges are by the hour, where nobody asks for less: a day has 1,440 minutes to be added up. */
const MINUTES_RANGE_MS = 12 * HOUR_MS;
/** Most points of any step: an answer stays within a few MB. */
const MAX_POINTS = 1500;
const MAX_FILTERS = 100;

/** @returns the fault in words where the parameters are none */
export function readQuery(params: URLSearchParams, now: number): FiguresQuery | { fault: string } {
  const query: FiguresQuery = {
    from: 0,
    to: 0,
    stepMs: 0,
    filters: {},
    metrics: [],
    parts: [],
  };
  let filters = 0;
  for (const [name, text] of params) {
    if (name === "from" || name === "to") {
      const at = timeOf(text);
      if (at === undefined) return fault(`${name} must be an ISO 8601 time or epoch milliseconds`);
      query[name] = at;
    } else if (name === "step") {
      if (!STEPS.includes(Number(text))) return fault(`step must be one of ${STEPS.join(", ")}`);
      query.stepMs = Number(text) * 1000;
    } else if (name === "by") {
      if (!isDimension(text)) return fault(`by must be one of ${DIMENSIONS.join(", ")}`);
      query.by = text;
    } else if (name === "metric") {
      const metric = METRIC_NAMES.find((one) => one === text);
      if (metric === undefined) return fault(`metric must be one of ${METRIC_NAMES.join(", ")}`);
      query.metrics.push(metric);
    } else if (name === "part") {
      for (const part of text.split(",")) {
        const known = FIGURE_PARTS.find((one) => one === part);
        if (known === undefined) return fault(`part must be of ${FIGURE_PARTS.join(", ")}`);
        query.parts.push(known);
      }
    } else if (isDimension(name)) {
      filters += 1;
      if (filters > MAX_FILTERS) return fault(`at most ${MAX_FILTERS} values to filter by`);
      (query.filters[name] ??= []).push(text);
    } else {
      const known = ["from", "to", "step", "by", "metric", "part", ...DIMENSIONS];
      return fault(`${name} is no parameter; there are ${known.join(", ")}`);
    }
  }
  if (query.parts.length === 0) query.parts = ["speed"] satisfies FigurePart[];
  if (query.metrics.length === 0) query.metrics = ["time_to_first_token"] satisfies MetricName[];
  return withRange(query, now);
}

function withRange(query: FiguresQuery, now: number): FiguresQuery | { fault: string } {
  const to = Math.min(query.to === 0 ? now : query.to, now + MINUTE_MS);
  const asked = query.from === 0 ? to - HOUR_MS : query.from;
  if (asked >= to) return fault("from must be before to, and not ahead of now");
  const from = Math.max(asked, now - HOURS_KEPT_MS);
  if (from >= to) return fault("to must be within the last 30 days");
  const stepMs = query.stepMs === 0 ? stepFor(from, to, now) : query.stepMs;
  if (stepMs < HOUR_MS && from < now - MINUTES_KEPT_MS - HOUR_MS) {
    return fault("a step below 3600 is only for the last two days");
  }
  if ((to - from) / stepMs > MAX_POINTS) {
    return fault(`at most ${MAX_POINTS} steps; a longer step, or a shorter range`);
  }
  return {
    ...query,
    stepMs,
    from: from - (from % stepMs),
    to: Math.ceil(to / stepMs) * stepMs,
  };
}

function stepFor(from: number, to: number, now: number): number {
  const isLong = to - from > MINUTES_RANGE_MS || from < now - MINUTES_KEPT_MS;
  const least = isLong ? HOUR_MS : MINUTE_MS;
  const fine = STEPS.map((seconds) => seconds * 1000).find(
    (ms) => ms >= least && (to - from) / ms <= POINTS,
  );
  return fine ?? DAY_MS;
}

function isDimension(name: string): name is Dimension {
  return (DIMENSIONS as readonly string[]).includes(name);
}

function timeOf(text: string): number | undefined {
  const at = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(at) && at > 0 ? at : undefined;
}

function fault(words: string): { fault: string } {
  return { fault: words };
}
