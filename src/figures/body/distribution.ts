// Sketches as the API shows them. Pure.
import type { Sketch } from "../../protocol/figures/cells.ts";
import type { Distribution } from "../../protocol/figures/body/distribution.ts";
import type { MetricSeries } from "../../protocol/figures/figures-body.ts";
import { histogramOf } from "../sketch/histogram.ts";
import { meanOf, quantile } from "../sketch/sketch.ts";

export function distributionOf(sketch: Sketch | undefined): Distribution {
  return {
    count: sketch?.n ?? 0,
    mean: rounded(meanOf(sketch)),
    min: rounded(sketch?.min ?? null),
    max: rounded(sketch?.max ?? null),
    p50: rounded(quantile(sketch, 0.5)),
    p90: rounded(quantile(sketch, 0.9)),
    p95: rounded(quantile(sketch, 0.95)),
    p99: rounded(quantile(sketch, 0.99)),
    histogram: histogramOf(sketch).map(({ from, to, count }) => ({
      from: rounded(from) ?? 0,
      to: rounded(to) ?? 0,
      count,
    })),
  };
}

export function seriesOf(sketches: readonly (Sketch | undefined)[]): MetricSeries {
  return {
    count: sketches.map((sketch) => sketch?.n ?? 0),
    p50: quantiles(sketches, 0.5),
    p90: quantiles(sketches, 0.9),
    p99: quantiles(sketches, 0.99),
  };
}

export function quantiles(
  sketches: readonly (Sketch | undefined)[],
  share: number,
): (number | null)[] {
  return sketches.map((sketch) => rounded(quantile(sketch, share)));
}

/** To four digits: more would only be the sketch's error. */
export function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(4));
}
