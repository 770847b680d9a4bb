// Where the bars of a waterfall stand, in percent of its width. A part that has not ended reaches to `now`, so
// the waterfall grows while an answer streams. Pure.
import { inTreeOrder, type Placed, type TreePart } from "./tree-order.ts";

export interface WaterfallPart extends TreePart {
  /** Epoch ms; undefined while it goes on. */
  endMs?: number | undefined;
  /** The first token, epoch ms. */
  firstTokenMs?: number | undefined;
}

export interface Bar<P> extends Placed<P> {
  left: number;
  width: number;
  /** The first token. */
  mark?: number;
  isOpen: boolean;
  /** How long it took, or has taken so far, ms. */
  tookMs: number;
}

export interface Waterfall<P> {
  bars: Bar<P>[];
  fromMs: number;
  /** The width of all of it; never 0. */
  spanMs: number;
}

/** `now`: the edge's clock, epoch ms. A part that is said to end before its start has no width. */
export function layOut<P extends WaterfallPart>(parts: readonly P[], now: number): Waterfall<P> {
  const endOf = ({ startMs, endMs = now }: P): number => Math.max(startMs, endMs);
  let fromMs = Infinity;
  let toMs = -Infinity;
  for (const part of parts) {
    fromMs = Math.min(fromMs, part.startMs);
    toMs = Math.max(toMs, endOf(part));
  }
  if (!Number.isFinite(fromMs) || !Number.isFinite(toMs))
    return { bars: [], fromMs: now, spanMs: 1 };
  const spanMs = Math.max(1, toMs - fromMs);
  const percent = (ms: number): number =>
    Math.min(100, Math.max(0, ((ms - fromMs) / spanMs) * 100));
  const bars = inTreeOrder(parts).map(({ part, depth }) => {
    const left = percent(part.startMs);
    const width = percent(endOf(part)) - left;
    return {
      part,
      depth,
      left,
      width,
      ...(part.firstTokenMs !== undefined && { mark: percent(part.firstTokenMs) }),
      isOpen: part.endMs === undefined,
      tookMs: endOf(part) - part.startMs,
    };
  });
  return { bars, fromMs, spanMs };
}
