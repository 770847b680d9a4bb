// What a lane had no room for went to objects of its traces. There those traces stay: a client that repeats its
// batch, once the lane has room, must meet the object that remembers the events. No I/O, no clock.
import type { Action } from "../../protocol/change.ts";
import { derivedId } from "../../protocol/ids.ts";
import type { AppendResult } from "../../protocol/session-calls.ts";
import type { SessionState } from "../state.ts";

/** Traces that a lane remembers as turned away; with more than a lane has open at once. */
export const MAX_OVERFLOWED = 8_192;
/** A delivery takes about so long. Seconds. */
const RETRY_AFTER = 5;

export const FULL: AppendResult = {
  status: "refused",
  code: "session_full",
  message: "the session holds as much as it may until Langfuse has taken some of it",
  retryAfter: RETRY_AFTER,
  elsewhere: true,
};

/** Was its trace turned away before? */
export function isElsewhere({ overflowed }: SessionState, action: Action): boolean {
  return overflowed.size > 0 && overflowed.has(overflowKey(action));
}

/** The traces of those that were turned away for want of room, where that is news. */
export function newlyOverflowed(
  { overflowed }: SessionState,
  actions: readonly Action[],
  results: readonly AppendResult[],
): string[] {
  const keys = actions.flatMap((action, place) => {
    const result = results[place];
    if (result?.status !== "refused") return [];
    const isTurnedAway = result.elsewhere === true || result.code === "quota_exceeded";
    return isTurnedAway ? [overflowKey(action)] : [];
  });
  return [...new Set(keys)].filter((key) => !overflowed.has(key));
}

/** Those that were turned away first are forgotten first. */
export function rememberOverflowed({ overflowed }: SessionState, keys: readonly string[]): void {
  for (const key of keys) overflowed.add(key);
  for (const key of overflowed) {
    if (overflowed.size <= MAX_OVERFLOWED) break;
    overflowed.delete(key);
  }
}

/** A hash; a score of a session is of no trace, and stands for itself. */
function overflowKey({ change }: Action): string {
  const name = change.kind === "score" && change.trace === "" ? change.id : change.trace;
  return derivedId("overflow", name).slice(0, 16);
}
