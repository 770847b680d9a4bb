// The colours of a chart's lines by what they mean: names of the page's own colours. Pure.

export const TONES = {
  p50: "--accent",
  p90: "--generation",
  p99: "--event",
  good: "--tool",
  bad: "--failed",
  before: "--soft",
  after: "--accent",
  one: "--span",
} as const;

export type Tone = keyof typeof TONES;

/** For values that are told apart and mean nothing: as many as people can tell apart. */
export const GROUP_TONES: readonly Tone[] = ["p50", "p99", "good", "p90", "bad", "before"];
