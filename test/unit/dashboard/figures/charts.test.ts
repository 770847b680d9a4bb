import { describe, expect, it } from "vitest";
import { distributionChart, metricChart } from "../../../../src/dashboard/figures/charts.ts";
import { METRIC_INFOS, valueOf } from "../../../../src/dashboard/figures/metric-info.ts";
import { METRIC_NAMES } from "../../../../src/protocol/figures/dimensions.ts";
import type { Distribution } from "../../../../src/protocol/figures/body/distribution.ts";

const distribution: Distribution = {
  count: 4,
  mean: 30,
  min: 10,
  max: 80,
  p50: 25,
  p90: 70,
  p95: 75,
  p99: 80,
  histogram: [10, 20, 40].map((from, i) => ({ from, to: from * 2, count: [1, 2, 1][i] ?? 0 })),
};

describe("charts of figures", () => {
  it("explain every quantity that is measured", () => {
    expect(METRIC_INFOS.map(({ name }) => name).sort()).toEqual([...METRIC_NAMES].sort());
    for (const { title, why } of METRIC_INFOS) expect(title.length * why.length).toBeGreaterThan(0);
  });

  it("have the edge's numbers at its times", () => {
    const series = { count: [1, 0], p50: [12, null], p90: [20, null], p99: [30, null] };
    const { x, lines, formatY } = metricChart("network", series, { times: [60, 120], step: 60 });
    expect(x).toEqual([60_000, 120_000]);
    expect(lines.map(({ label, values }) => [label, values])).toEqual([
      ["p99", [30, null]],
      ["p90", [20, null]],
      ["p50", [12, null]],
    ]);
    expect(formatY(1500)).toBe("1.50 s");
  });

  it("put two distributions into one picture, with their middles", () => {
    const { x, lines, marks } = distributionChart("turn", [
      { label: "before", tone: "before", distribution },
      {
        label: "after",
        tone: "after",
        distribution: { ...distribution, p50: null, count: 0, histogram: [] },
      },
    ]);
    expect(x).toEqual([10, 20, 40, 80]);
    expect(lines[0]?.values.map((one) => Number(one?.toFixed(6)))).toEqual([0.25, 0.5, 0.25, 0]);
    expect(lines[1]?.values).toEqual([0, 0, 0, 0]);
    expect(marks).toEqual([{ x: 25, tone: "before", label: "before" }]);
  });

  it("tell each quantity in its own unit", () => {
    expect([
      valueOf("turn", 640),
      valueOf("chunks_per_second", 21.43),
      valueOf("turn", null),
    ]).toEqual(["640 ms", "21.4 /s", "–"]);
  });
});
