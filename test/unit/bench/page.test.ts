// What the page says of performance is what was measured and accepted, figure for figure.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { QUESTIONS } from "../../bench/questions/index.ts";
import { chartOf } from "../../bench/report/chart.ts";
import { withPerformance } from "../../bench/report/page.ts";
import { ACCEPTED, readResults } from "../../bench/results.ts";

const results = readResults(ACCEPTED);

test("every question was asked and answered", () => {
  for (const { name } of QUESTIONS) expect(results?.questions[name]?.raw).toBeDefined();
});

test("the page's table and the chart are made from the accepted results", () => {
  if (results === undefined) throw new Error("nothing was accepted");
  const page = readFileSync("docs/performance.md", "utf8");
  expect(withPerformance(page, QUESTIONS, results)).toBe(page);
  expect(chartOf(QUESTIONS, results)).toBe(readFileSync("docs/performance.svg", "utf8"));
});
