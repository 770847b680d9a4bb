// A question of the benchmark: a row of its table. It measures (`run`), and says what the measured
// means (`figures`), apart, so that what was measured once can be told again.
import type { Bench } from "./bench.ts";
import type { Spread } from "./statistics.ts";

export interface Figure extends Spread {
  label: string;
  /** Behind the number; `×` for a ratio. */
  unit: string;
  /** Without a goal it is told for comparison only. */
  goal?: { atMost: number } | { atLeast: number };
}

/** A figure that is the same in every run. */
export const exactly = (
  label: string,
  value: number,
  unit: string,
  goal?: Figure["goal"],
): Figure => ({ label, unit, median: value, low: value, high: value, ...(goal && { goal }) });

export interface Bar {
  label: string;
  value: number;
  /** As it is written beside the bar. */
  text: string;
  ours?: true;
}

export interface Chart {
  title: string;
  bars: Bar[];
}

interface Told {
  name: string;
  question: string;
  goal: string;
  /** What the figure says and what it does not. */
  meaning: string;
}

/** `Raw` is plain data: it is kept as JSON. */
interface Measured<Raw> extends Told {
  run: (bench: Bench) => Promise<Raw>;
  figures: (raw: Raw) => Figure[];
  chart?: (raw: Raw) => Chart;
}

export interface Question extends Told {
  run: (bench: Bench) => Promise<unknown>;
  figures: (raw: unknown) => Figure[];
  chart?: (raw: unknown) => Chart;
}

/** Forgets what the raw results look like: only the question itself reads them. */
export function question<Raw>({ figures, chart, ...rest }: Measured<Raw>): Question {
  return {
    ...rest,
    figures: (raw) => figures(raw as Raw),
    ...(chart && { chart: (raw: unknown) => chart(raw as Raw) }),
  };
}

export function isMet({ median, goal }: Figure): boolean | undefined {
  if (goal === undefined) return undefined;
  return "atMost" in goal ? median <= goal.atMost : median >= goal.atLeast;
}
