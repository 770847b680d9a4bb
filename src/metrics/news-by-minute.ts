// A batch's news by the minute in which they count. Clients say when their turns ended, and each minute costs rows:
// of a batch that is scattered over many, those of an hour are gathered, and what is older still counts with the
// oldest that has room. Pure, and the same for a batch that is told again.
import { HOUR_MS, HOURS_KEPT_MS, MINUTE_MS } from "../figures/read/query.ts";
import type { FiguresBatch } from "../protocol/figures/figures-calls.ts";

/** News of one minute. */
export type News = Pick<FiguresBatch, "figures" | "posts">;

/** A batch of ten seconds has one or two; one with what pages kept while they were offline, some more. */
export const MAX_MINUTES = 16;

/** By their beginnings, epoch ms, growing. */
export function newsByMinute(
  { figures, posts }: Pick<FiguresBatch, "figures" | "posts">,
  now: number,
): Map<number, News> {
  const minuteOf = ({ at }: { at: number }): number =>
    startOf(Math.min(Math.max(at, now - HOURS_KEPT_MS), now), MINUTE_MS);
  const placeOf = places([...figures, ...posts].map(minuteOf));
  const found = new Map<number, News>();
  const newsOf = (one: { at: number }): News => {
    const minute = placeOf(minuteOf(one));
    const news = found.get(minute) ?? { figures: [], posts: [] };
    found.set(minute, news);
    return news;
  };
  for (const one of figures) newsOf(one).figures.push(one);
  for (const one of posts) newsOf(one).posts.push(one);
  return new Map([...found].sort(([a], [b]) => a - b));
}

/** The latest minute stays what it is: it remembers the batch. */
function places(minutes: readonly number[]): (minute: number) => number {
  const all = new Set(minutes);
  if (all.size <= MAX_MINUTES) return (minute) => minute;
  const latest = Math.max(...all);
  const gathered = (minute: number): number =>
    minute === latest ? minute : startOf(minute, HOUR_MS);
  const kept = [...new Set(Array.from(all, gathered))].sort((a, b) => b - a).slice(0, MAX_MINUTES);
  const oldest = kept.at(-1) ?? latest;
  return (minute) => Math.max(gathered(minute), oldest);
}

export function startOf(at: number, lengthMs: number): number {
  return at - (at % lengthMs);
}
