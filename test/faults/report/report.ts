// The table of a run, in Markdown. Pure.
import { brokenIn, type Result } from "./result.ts";

const COLUMNS: [string, (result: Result) => string | number][] = [
  ["scenario", ({ scenario, variant }) => `${scenario}: ${variant}`],
  ["plan", ({ plan }) => plan],
  ["kills", ({ kills }) => kills],
  ["turns", ({ turns }) => turns],
  ["actions", ({ actions }) => actions],
  ["records", ({ judgement }) => judgement.expected],
  ["lost", ({ judgement }) => judgement.lost.length],
  ["wrong", ({ judgement }) => judgement.wrong.length + judgement.invented.length],
  ["twice", ({ judgement }) => judgement.twice],
  ["… needless", ({ judgement }) => judgement.needless.length],
  ["… other content", ({ judgement }) => judgement.differing.length],
  ["out of order", ({ judgement }) => judgement.outOfOrder.length],
  ["dead", ({ dead }) => dead],
  ["requests", ({ requests }) => requests],
  ["in one second", ({ mostASecond }) => mostASecond],
  [
    "figures",
    ({ figures }) =>
      Object.entries(figures)
        .map(([k, v]) => `${k} ${v}`)
        .join("; "),
  ],
  ["s", ({ wallMs }) => Math.round(wallMs / 1000)],
  ["", (result) => (brokenIn(result).length === 0 ? "kept" : "**broken**")],
];

export function tableOf(results: readonly Result[]): string {
  const row = (cells: readonly (string | number)[]): string =>
    `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  const head = [row(COLUMNS.map(([name]) => name)), row(COLUMNS.map(() => "---"))];
  return [...head, ...results.map((result) => row(COLUMNS.map(([, of]) => of(result))))].join("\n");
}

/** What is broken, a line each; empty where all is kept. */
export function brokenText(results: readonly Result[]): string {
  return results
    .flatMap((result) =>
      brokenIn(result).map(
        (text) => `- ${result.scenario}: ${result.variant}, seed ${result.seed}: ${text}`,
      ),
    )
    .join("\n");
}
