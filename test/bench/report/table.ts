// Figures as text: the same words on the console and on the page.
import { type Figure, isMet, type Question } from "../question.ts";
import type { Result, Results } from "../results.ts";

export interface Row {
  question: Question;
  figures: Figure[];
  result: Result;
}

/** The questions that were measured, in the table's order. */
export function rowsOf(questions: readonly Question[], { questions: results }: Results): Row[] {
  return questions.flatMap((question) => {
    const result = results[question.name];
    if (result?.raw === undefined) return [];
    return [{ question, figures: question.figures(result.raw), result }];
  });
}

const number = (value: number): string => {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en-US", { maximumFractionDigits: digits });
};

/** `1.21 × (1.18 to 1.30)`; the spread only where rounds differ. */
export function valueOf({ median, low, high, unit }: Figure): string {
  const exact = low === high;
  const spread = exact ? "" : ` (${number(low)} to ${number(high)})`;
  return unit === "$"
    ? `$${number(median)}${spread}`
    : `${`${number(median)} ${unit}`.trim()}${spread}`;
}

export function verdictOf(figure: Figure): string {
  const met = isMet(figure);
  return met === undefined ? "" : met ? "met" : "**not met**";
}

export function goalOf({ goal, unit }: Figure): string {
  if (goal === undefined) return "";
  const [words, value] = "atMost" in goal ? ["at most", goal.atMost] : ["at least", goal.atLeast];
  return unit === "$" ? `${words} $${number(value)}` : `${words} ${number(value)} ${unit}`.trim();
}
