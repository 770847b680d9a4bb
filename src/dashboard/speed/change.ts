// By how much a quantity changed, in words. Pure.

/** Changes up to this are within what the figures themselves may be off. */
const NOISE = 0.03;

export interface Change {
  words: string;
  tone: "good" | "bad" | "soft";
}

export function changeOf(
  before: number | null,
  after: number | null,
  isLessBetter: boolean,
): Change {
  if (before === null || after === null || before <= 0) return { words: "", tone: "soft" };
  const change = after / before - 1;
  if (Math.abs(change) <= NOISE) return { words: "about the same", tone: "soft" };
  const percent =
    Math.abs(change) < 10 ? `${Math.abs(Math.round(change * 100))} %` : "over 10 times";
  const isBetter = change < 0 === isLessBetter;
  return { words: `${percent} ${change < 0 ? "less" : "more"}`, tone: isBetter ? "good" : "bad" };
}
