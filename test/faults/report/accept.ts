// Writes the report of a full run into the page for operators, between its two marks.
import { readFileSync, writeFileSync } from "node:fs";
import type { Scenario } from "../scenario.ts";
import type { KeptResult } from "./pieces.ts";
import { brokenRuns, figuresOf, summaryOf } from "./summary.ts";

const PAGE = "docs/operations.md";
const BEGIN = "<!-- faults: written by `npm run faults -- --accept` -->";
const END = "<!-- /faults -->";

export function accept(results: readonly KeptResult[], scenarios: readonly Scenario[]): void {
  const missing = scenarios.flatMap(({ name, variants }) =>
    variants
      .filter((one) => !results.some((r) => r.scenario === name && r.variant === one.name))
      .map((one) => `${name}/${one.name}`),
  );
  if (missing.length > 0) throw new Error(`not run: ${missing.join(", ")}`);
  const broken = brokenRuns(results);
  const seeds = new Set(results.map(({ seed }) => seed));
  const text = [
    summaryOf(results, scenarios),
    `${results.length} runs, seeds ${[...seeds].toSorted((a, b) => a - b).join(", ")}. The kills:`,
    figuresOf(results, "kills"),
    // What is not as it should be stands there, too.
    ...(broken.length > 0 ? ["Bounds that were **not** kept:", broken.join("\n")] : []),
  ].join("\n\n");
  writeFileSync(PAGE, withReport(readFileSync(PAGE, "utf8"), text));
}

export function withReport(page: string, report: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${PAGE} has no place for it`);
  return `${before}${BEGIN}\n\n${report}\n\n${END}${after}`;
}
