// Whether, and when, a runtime that ended by itself is started again. Pure.

export interface Ended {
  /** It had listened before it ended. */
  listened: boolean;
  /** From its start to its end, ms. */
  lifeMs: number;
}

export interface RestartState {
  /** Ends in a row, none of them after a long life. */
  failures: number;
  everListened: boolean;
}

export const FRESH: RestartState = { failures: 0, everListened: false };

const FIRST_WAIT_MS = 200;
const MAX_WAIT_MS = 30_000;
/** After a life as long as this all is as at the beginning. */
const WELL_MS = 60_000;
/** One that never listened will not the next time either, more often than not. */
const MAX_STARTS = 3;

export function afterEnd(
  state: RestartState,
  { listened, lifeMs }: Ended,
): { state: RestartState; waitMs: number } | "give up" {
  const failures = lifeMs >= WELL_MS ? 1 : state.failures + 1;
  const everListened = state.everListened || listened;
  if (!everListened && failures >= MAX_STARTS) return "give up";
  const waitMs = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
  return { state: { failures, everListened }, waitMs };
}
