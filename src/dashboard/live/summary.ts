// How the last minutes were, out of the turns that a watcher knows: counts, and what users waited. Pure.
import type { LiveTurn } from "../../protocol/live.ts";
import { outcomeOf } from "./filter.ts";

export const SUMMARY_MS = 5 * 60_000;

export interface LiveSummary {
  underWay: number;
  /** Of the last five minutes, as everything below. */
  ended: number;
  failed: number;
  /** Medians, ms. */
  firstTokenMs?: number;
  turnMs?: number;
}

/** `now`: the edge's clock. */
export function summaryOf(turns: Iterable<LiveTurn>, now: number): LiveSummary {
  let underWay = 0;
  let ended = 0;
  let failed = 0;
  const waits: number[] = [];
  const lengths: number[] = [];
  for (const turn of turns) {
    if (turn.state === "open") {
      underWay += 1;
      continue;
    }
    const { endTime = turn.startTime } = turn;
    if (endTime < now - SUMMARY_MS) continue;
    ended += 1;
    if (outcomeOf(turn) === "failed") failed += 1;
    const wait = firstTokenMs(turn);
    if (wait !== undefined) waits.push(wait);
    lengths.push(endTime - turn.startTime);
  }
  const wait = median(waits);
  const length = median(lengths);
  return {
    underWay,
    ended,
    failed,
    ...(wait !== undefined && { firstTokenMs: wait }),
    ...(length !== undefined && { turnMs: length }),
  };
}

/** From the request to the first token, as it was told, or as the first generation shows it so far. */
export function firstTokenMs({ latencies, observations }: LiveTurn): number | undefined {
  const told = latencies?.["time_to_first_token"];
  if (told !== undefined) return told;
  const waits = observations.flatMap(({ firstTokenTime, startTime }) =>
    firstTokenTime === undefined ? [] : [{ at: firstTokenTime, wait: firstTokenTime - startTime }],
  );
  return waits.sort((a, b) => a.at - b.at)[0]?.wait;
}

function median(values: number[]): number | undefined {
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  const high = values[middle];
  if (high === undefined || values.length % 2 === 1) return high;
  return ((values[middle - 1] ?? high) + high) / 2;
}
