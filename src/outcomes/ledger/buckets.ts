// Figures over time: minutes for two days, hours for thirty days, in chunks of an hour and of a day, so that
// each change is one small row. Pure.
import { addFigures, type Figures, isNone } from "../../protocol/books/figures.ts";
import type { Bucket } from "../../protocol/books/ledger-calls.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
/** Minutes are kept this long … */
export const MINUTES_KEPT_MS = 2 * DAY_MS;
/** … and hours this long. */
export const HOURS_KEPT_MS = 30 * DAY_MS;

/** Buckets in the order of time. */
export type Chunk = readonly Bucket[];

export function startOf(at: number, lengthMs: number): number {
  return at - (at % lengthMs);
}

/** What happened, without what only stands at a moment. */
export function flowOf(figures: Figures): Figures {
  const { pending: _pending, ...flow } = figures;
  return flow;
}

/** Adds figures to the bucket that begins at this moment. */
export function addToChunk(chunk: Chunk, at: number, figures: Figures): Chunk {
  if (isNone(figures)) return chunk;
  const other = chunk.filter((bucket) => bucket.at !== at);
  const before = chunk.find((bucket) => bucket.at === at)?.figures ?? {};
  return [...other, { at, figures: addFigures(before, figures) }].sort((a, b) => a.at - b.at);
}

export function sumOfChunk(chunk: Chunk): Figures {
  return chunk.reduce<Figures>((sum, { figures }) => addFigures(sum, figures), {});
}
