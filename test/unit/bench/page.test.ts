// What the page says of performance is what was measured and accepted, figure for figure.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { QUESTIONS } from "../../bench/questions/index.ts";
import { chartOf } from "../../bench/report/chart.ts";
import { withPerformance } from "../../bench/report/page.ts";
import { valueOf } from "../../bench/report/table.ts";
import { ACCEPTED, readResults } from "../../bench/results.ts";

const results = readResults(ACCEPTED);

test("every question was asked and answered", () => {
  for (const { name } of QUESTIONS) expect(results?.questions[name]?.raw).toBeDefined();
});

test("what the README and the page on deploying say of money is what was counted", () => {
  const money = QUESTIONS.find(({ name }) => name === "money");
  const figures = money?.figures(results?.questions["money"]?.raw) ?? [];
  const turn = figures.find(({ label }) => label === "the library's turn");
  const dollars = /\$[\d.]+/.exec(turn === undefined ? "" : valueOf(turn))?.[0] ?? "";
  const rounded = `about $${Math.round(Number(dollars.slice(1)))} for a million chat turns`;
  for (const path of ["README.md", "docs/deploy.md"]) {
    const text = readFileSync(path, "utf8").replaceAll("*", "");
    expect(text.toLowerCase()).toContain(rounded);
  }
});

test("the page's table and the chart are made from the accepted results", () => {
  if (results === undefined) throw new Error("nothing was accepted");
  const page = readFileSync("docs/performance.md", "utf8");
  expect(withPerformance(page, QUESTIONS, results)).toBe(page);
  expect(chartOf(QUESTIONS, results)).toBe(readFileSync("docs/performance.svg", "utf8"));
});
