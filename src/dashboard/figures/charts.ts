// Figures as charts: series over the steps of the range, and distributions. Pure.
import type { MetricName } from "../../protocol/figures/dimensions.ts";
import type { Distribution } from "../../protocol/figures/body/distribution.ts";
import type { FiguresBody, MetricSeries } from "../../protocol/figures/figures-body.ts";
import type { ChartSpec, Line } from "../charts/spec.ts";
import type { Tone } from "../charts/tone.ts";
import { count, share } from "../format/number.ts";
import { moment } from "../format/time.ts";
import { binned } from "./bins.ts";
import { infoOf, isTime, valueOf } from "./metric-info.ts";

type Range = Pick<FiguresBody, "times" | "step">;

/** What all charts over time have in common. */
export function overTime({
  times,
  step,
}: Range): Pick<ChartSpec, "x" | "xKind" | "formatX" | "xTitle"> {
  return {
    x: times.map((seconds) => seconds * 1000),
    xKind: "time",
    formatX: (ms) => moment(ms, step * 1000),
    xTitle: "Time",
  };
}

export function metricChart(name: MetricName, series: MetricSeries, range: Range): ChartSpec {
  const { title } = infoOf(name);
  return {
    ...overTime(range),
    summary: `${title} over time: the middle (p50), and what one in ten (p90) and one in a hundred (p99) turns exceed.`,
    drawn: "lines",
    formatY: (value) => valueOf(name, value),
    ...(isTime(name) && { yKind: "time" as const }),
    lines: [
      { label: "p99", tone: "p99", values: series.p99 },
      { label: "p90", tone: "p90", values: series.p90 },
      { label: "p50", tone: "p50", values: series.p50, filled: true },
    ],
  };
}

export interface NamedDistribution {
  label: string;
  tone: Tone;
  distribution: Distribution;
}

/** One distribution, or several in one picture: as shares, so that they compare whatever their numbers of turns. */
export function distributionChart(name: MetricName, all: readonly NamedDistribution[]): ChartSpec {
  const { title } = infoOf(name);
  const { edges, shares } = binned(all.map(({ distribution }) => distribution.histogram));
  const lines = all.map(({ label, tone }, i): Line => {
    // The last edge ends the last bin.
    return {
      label,
      tone,
      values: edges.length === 0 ? [] : [...(shares[i] ?? []), 0],
      filled: true,
    };
  });
  const marks = all.flatMap(({ tone, label, distribution: { p50 } }) =>
    p50 === null ? [] : [{ x: p50, tone, label }],
  );
  return {
    summary: `${title}: how the values are spread. Dashed: the middle one.`,
    x: edges,
    xKind: "log",
    drawn: "steps",
    formatX: (x) => valueOf(name, x),
    formatY: (part) => share(part, 1),
    xTitle: "From",
    lines,
    marks,
  };
}

export function countChart(
  summary: string,
  range: Range,
  lines: readonly { label: string; tone: Tone; values: readonly number[] }[],
): ChartSpec {
  return {
    ...overTime(range),
    summary,
    drawn: "bars",
    yKind: "whole",
    formatY: (value) => count(value),
    lines,
  };
}
