// What may be said of two variants: that one is better, that no difference is shown, or that it is too early to
// say anything. Pure.
import type { Estimate } from "../../protocol/figures/body/experiments.ts";

export type Verdict = "better" | "worse" | "no difference shown" | "not enough yet";

export interface Difference {
  value: number;
  low: number;
  high: number;
}

/** `variant` against `base`; `better`: which direction is. Where the difference's interval has 0 in it, nothing is shown. */
export function verdictOf(base: Estimate, variant: Estimate, better: "more" | "less"): Verdict {
  if (!base.enough || !variant.enough) return "not enough yet";
  const difference = differenceOf(base, variant);
  if (difference === undefined) return "not enough yet";
  if (difference.low <= 0 && difference.high >= 0) return "no difference shown";
  return difference.value > 0 === (better === "more") ? "better" : "worse";
}

/**
 * By how much the second is more than the first, with an interval that both intervals make (R. G. Newcombe 1998,
 * method 10, for shares; for means the usual one). Undefined where one of them is not known.
 */
export function differenceOf(base: Estimate, variant: Estimate): Difference | undefined {
  const { value: b, low: bLow, high: bHigh } = base;
  const { value: v, low: vLow, high: vHigh } = variant;
  if (b === null || bLow === null || bHigh === null) return undefined;
  if (v === null || vLow === null || vHigh === null) return undefined;
  const value = v - b;
  return {
    value,
    low: value - Math.hypot(v - vLow, bHigh - b),
    high: value + Math.hypot(vHigh - v, b - bLow),
  };
}
