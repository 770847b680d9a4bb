// The page on performance, between its two marks. Pure: made from results alone.
import type { Question } from "../question.ts";
import type { Results } from "../results.ts";
import { goalOf, type Row, rowsOf, valueOf, verdictOf } from "./table.ts";

const BEGIN = "<!-- performance: made by `npm run bench -- --accept` -->";
const END = "<!-- /performance -->";

export function withPerformance(
  page: string,
  questions: readonly Question[],
  results: Results,
): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`docs/performance.md has no ${BEGIN} … ${END}`);
  const section = performanceOf(questions, results);
  return `${page.slice(0, begin + BEGIN.length)}\n${section}\n${page.slice(end)}`;
}

function performanceOf(questions: readonly Question[], results: Results): string {
  const { cpu, cores, memoryGb, platform, node, workerd } = results.machine;
  const rows = rowsOf(questions, results);
  return `
Measured by \`npm run bench\` on one machine (${cpu}, ${cores} cores, ${memoryGb} GB, ${platform}; Node ${node}, workerd ${workerd}), variants interleaved round by round. Each value is the median of the rounds, with the least and most of a round in brackets; a ratio is taken within each round.

![Bars of the flush before the chat request, of throughput, of cost and of size](performance.svg)

| question | figure | goal | |
| --- | --- | --- | --- |
${rows.flatMap(linesOf).join("\n")}

**What the figures say, and what they don't**

${rows.map(meaningOf).join("\n")}
`;
}

/** A line for each figure with a goal; the others stand together in one. */
function linesOf({ question, figures }: Row): string[] {
  const judged = figures.filter(({ goal }) => goal !== undefined);
  const told = figures.filter(({ goal }) => goal === undefined);
  const cells = judged.map((figure) => [
    `${figure.label}: **${valueOf(figure)}**`,
    goalOf(figure),
    verdictOf(figure),
  ]);
  if (told.length > 0) {
    const text = told.map((figure) => `${figure.label} ${valueOf(figure)}`).join("; ");
    cells.push([`<sub>${text}</sub>`, "", ""]);
  }
  return cells.map(
    (line, index) => `| ${index === 0 ? question.question : ""} | ${line.join(" | ")} |`,
  );
}

function meaningOf({ question }: Row): string {
  return `- *${question.question}.* ${question.meaning}`;
}
