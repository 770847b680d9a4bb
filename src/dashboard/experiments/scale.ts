// One scale for the estimates of all variants. Pure.
import type { Estimate } from "../../protocol/figures/body/experiments.ts";

export interface Scale {
  from: number;
  to: number;
}

/** All that is drawn, with a little room at both ends. */
export function scaleOf(estimates: readonly Estimate[]): Scale {
  const values = estimates.flatMap(({ low, value, high }) =>
    [low, value, high].filter((one) => one !== null),
  );
  if (values.length === 0) return { from: 0, to: 1 };
  const from = Math.min(...values);
  const to = Math.max(...values);
  const room = (to - from) * 0.08 || Math.abs(to) * 0.1 || 1;
  return { from: from - room, to: to + room };
}

export function percentAt(value: number, { from, to }: Scale): number {
  return Math.min(100, Math.max(0, ((value - from) / (to - from)) * 100));
}
