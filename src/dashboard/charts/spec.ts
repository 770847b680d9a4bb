// A chart as the views ask for it: what is drawn, in which units, and in words. Pure.
import type { Tone } from "./tone.ts";

export interface Line {
  label: string;
  tone: Tone;
  /** One for each x; null where nothing happened. */
  values: readonly (number | null)[];
  /** The area below it is tinted. */
  filled?: boolean;
}

export interface ChartSpec {
  /** What is shown, as a sentence: for those who don't see it. */
  summary: string;
  /** Epoch ms, or values of a distribution: ascending. */
  x: readonly number[];
  lines: readonly Line[];
  /** Time: epoch ms. Log: values over powers of ten, each bar from its x to the next. */
  xKind: "time" | "log";
  drawn: "lines" | "steps" | "bars";
  formatX: (x: number) => string;
  formatY: (y: number) => string;
  /** Time is in ms; a whole number has no parts. */
  yKind?: "time" | "whole";
  /** The heading of x in the table. */
  xTitle: string;
  /** Its height, CSS px; default 190. */
  height?: number;
  /** Upright lines at these x. */
  marks?: readonly { x: number; tone: Tone; label: string }[];
}

/** The largest value of all lines; 0 where there is none. */
export function highest({ lines }: Pick<ChartSpec, "lines">): number {
  let most = 0;
  for (const { values } of lines) {
    for (const value of values) if (value !== null && value > most) most = value;
  }
  return most;
}

/** The table behind the picture: a row for each x at which something is known, newest first where x is time. */
export function tableOf(spec: ChartSpec): { head: string[]; rows: string[][] } {
  const { x, lines, formatX, formatY, xKind, xTitle } = spec;
  const rows = x.flatMap((at, i) => {
    const values = lines.map(({ values }) => values[i] ?? null);
    if (values.every((value) => value === null)) return [];
    return [[formatX(at), ...values.map((value) => (value === null ? "–" : formatY(value)))]];
  });
  if (xKind === "time") rows.reverse();
  return { head: [xTitle, ...lines.map(({ label }) => label)], rows };
}
