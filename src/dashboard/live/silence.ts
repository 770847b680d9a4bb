// Turns that nobody ends. Their session seals them after a silence, and may have forgotten by then that somebody
// watches: who watches sees the silence too, and goes by the same rule. Pure.
import type { LiveTurn } from "../../protocol/live.ts";

/** With nothing open in it, a turn is over after this: `TRACE_IDLE_SECONDS`, as it is where nobody sets it. */
export const SILENT_MS = 60_000;

/** The turns, with those that are over by their silence as ended. `now`: the edge's clock. */
export function withSilent(
  turns: ReadonlyMap<string, LiveTurn>,
  now: number,
): ReadonlyMap<string, LiveTurn> {
  const silent = [...turns].flatMap(([id, turn]): [string, LiveTurn][] => {
    const last = turn.state === "open" ? lastMoment(turn) : undefined;
    if (last === undefined || now - last < SILENT_MS) return [];
    return [[id, { ...turn, state: "ended", endTime: last, idle: true }]];
  });
  return silent.length === 0 ? turns : new Map([...turns, ...silent]);
}

/** Undefined while something of it goes on, or may. */
function lastMoment({ startTime, observations, more = 0 }: LiveTurn): number | undefined {
  const parts = observations.filter(({ root }) => root !== true);
  if (parts.length === 0 || more > 0) return undefined;
  if (parts.some(({ endTime }) => endTime === undefined)) return undefined;
  return Math.max(startTime, ...parts.map(({ endTime = 0 }) => endTime));
}
