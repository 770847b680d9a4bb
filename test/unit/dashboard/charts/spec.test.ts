import { expect, it } from "vitest";
import { type ChartSpec, highest, tableOf } from "../../../../src/dashboard/charts/spec.ts";

const spec: ChartSpec = {
  summary: "Turns over time.",
  x: [1, 2, 3],
  xKind: "time",
  drawn: "lines",
  xTitle: "Time",
  formatX: (x) => `at ${x}`,
  formatY: (y) => `${y} ms`,
  lines: [
    { label: "p50", tone: "p50", values: [5, null, 7] },
    { label: "p99", tone: "p99", values: [9, null, null] },
  ],
};

it("has a table of all that is drawn, the latest first, without times at which nothing was", () => {
  expect(tableOf(spec)).toEqual({
    head: ["Time", "p50", "p99"],
    rows: [
      ["at 3", "7 ms", "–"],
      ["at 1", "5 ms", "9 ms"],
    ],
  });
  expect(tableOf({ ...spec, xKind: "log" }).rows[0]?.[0]).toBe("at 1");
});

it("knows its highest value", () => {
  expect(highest(spec)).toBe(9);
  expect(highest({ lines: [] })).toBe(0);
});
