// The report for readers: of each scenario, what was tried, how often, and what was lost. Pure.
import type { KeptResult } from "./pieces.ts";
import { brokenIn } from "./result.ts";

interface Column {
  name: string;
  of: (results: readonly KeptResult[]) => number | string;
}

const sum =
  (of: (result: KeptResult) => number) =>
  (results: readonly KeptResult[]): string =>
    results.reduce((all, result) => all + of(result), 0).toLocaleString("en");

const COLUMNS: Column[] = [
  { name: "runs", of: (results) => results.length },
  { name: "actions acknowledged", of: sum(({ actions }) => actions) },
  { name: "records", of: sum(({ judgement }) => judgement.expected) },
  { name: "lost", of: sum(({ judgement }) => judgement.lost.length) },
  { name: "wrong", of: sum(({ judgement }) => judgement.wrong.length + judgement.invented.length) },
  { name: "out of order", of: sum(({ judgement }) => judgement.outOfOrder.length) },
  { name: "sent twice", of: sum(({ judgement }) => judgement.twice) },
  { name: "… though settled", of: sum(({ judgement }) => judgement.needless.length) },
  { name: "… with other bytes", of: sum(({ judgement }) => judgement.differing.length) },
  { name: "off in the books", of: sum(({ books }) => Math.abs(books?.balance ?? 0)) },
];

const row = (cells: readonly (string | number)[]): string =>
  `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;

/** @param scenarios their names and what they try, in order */
export function summaryOf(
  results: readonly KeptResult[],
  scenarios: readonly { name: string; tries: string }[],
): string {
  const head = ["tried", ...COLUMNS.map(({ name }) => name)];
  const rows = scenarios.flatMap(({ name, tries }) => {
    const its = results.filter(({ scenario }) => scenario === name);
    return its.length === 0
      ? []
      : [row([`**${name}**: ${tries}`, ...COLUMNS.map(({ of }) => of(its))])];
  });
  return [row(head), row(head.map(() => "---")), ...rows].join("\n");
}

/** The runs that have a figure of their own worth reading, a line each. */
export function figuresOf(results: readonly KeptResult[], scenario: string): string {
  const head = ["run", "seed", "figures"];
  const rows = results
    .filter((result) => result.scenario === scenario)
    .map(({ variant, seed, figures, kills, judgement }) => {
      const told = Object.entries(figures).map(([name, value]) => `${name}: ${value}`);
      const first = kills > 0 ? [`${kills} kills`, `${judgement.twice} records twice`] : [];
      return row([variant, seed, [...first, ...told].join("; ")]);
    });
  return [row(head), row(head.map(() => "---")), ...rows].join("\n");
}

const SHOWN = 100;
const shortened = (text: string): string =>
  text.length > SHOWN ? `${text.slice(0, SHOWN).replaceAll("\n", " ")} …` : text;

export const brokenRuns = (results: readonly KeptResult[]): string[] =>
  results.flatMap((result) => {
    const broken = brokenIn(result);
    const name = `${result.scenario}: ${result.variant}, seed ${result.seed}`;
    return broken.length === 0 ? [] : [`- ${name}: ${broken.map(shortened).join("; ")}`];
  });
