// Bars of one or several distributions on the same bins, so that they can stand in one picture: all bins have the same
// width on a logarithmic scale, that of the widest given. Pure.
import type { Bar } from "../../protocol/figures/body/distribution.ts";

export interface Binned {
  /** The edges of the bins, ascending: one more than bins; empty where nothing is known. */
  edges: number[];
  /** For each distribution and bin, the share of all its values, 0 to 1. */
  shares: number[][];
}

/** The most bins of a picture: beyond them bins are joined. */
const MAX_BINS = 60;

export function binned(all: readonly (readonly Bar[])[]): Binned {
  const bars = all.flat().filter(isBar);
  if (bars.length === 0) return { edges: [], shares: all.map(() => []) };
  const low = bars.reduce((least, { from }) => Math.min(least, from), Infinity);
  const high = bars.reduce((most, { to }) => Math.max(most, to), 0);
  const widest = bars.reduce((most, { from, to }) => Math.max(most, Math.log(to / from)), 0);
  const span = Math.log(high / low);
  const bins = Math.min(MAX_BINS, Math.max(1, Math.round(span / widest)));
  const edges = Array.from({ length: bins + 1 }, (_, i) =>
    rounded(low * Math.exp((span * i) / bins)),
  );
  return { edges, shares: all.map((one) => sharesOf(one.filter(isBar), edges)) };
}

const isBar = ({ from, to }: Bar): boolean => from > 0 && to > from && Number.isFinite(to);
const rounded = (value: number): number => Number(value.toPrecision(9));

/** A bar that reaches over several bins is spread over them by their widths. */
function sharesOf(bars: readonly Bar[], edges: readonly number[]): number[] {
  const shares = edges.slice(1).map(() => 0);
  const total = bars.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return shares;
  for (const { from, to, count } of bars) {
    const width = Math.log(to / from);
    for (let i = 0; i < shares.length; i += 1) {
      const [left = 0, right = 0] = [edges[i], edges[i + 1]];
      const overlap = Math.log(Math.min(to, right) / Math.max(from, left));
      if (overlap > 0) shares[i] = (shares[i] ?? 0) + ((count / total) * overlap) / width;
    }
  }
  return shares;
}
