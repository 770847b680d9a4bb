// What a lane had no room for went to objects of its traces. There those traces stay: a client that repeats its
// batch, once the lane has room, must meet the object that remembers the events. No I/O, no clock.
import type { Action } from "../../protocol/change.ts";
import { derivedId } from "../../protocol/ids.ts";
import type { AppendResult } from "../../protocol/session/append-calls.ts";
import { type Part, partOfAction, sessionHash } from "../erasure/forgotten-sessions.ts";
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

/** Traces that were turned away. */
export interface Overflowed {
  /** By their hashes. */
  traces: string[];
  /** Those that named a session: the trace by its id, since a deletion has to find it, and the session's hash. */
  sessions?: [trace: string, session: string][];
}

/** Was this trace, or score of none, turned away before? */
export function isElsewhere({ overflowed }: SessionState, name: string): boolean {
  return overflowed.size > 0 && overflowed.has(overflowKey(name));
}

/** The traces of a session that were turned away, as far as they named it. @param session its hash */
export function elsewhereOf({ overflowedSessions }: SessionState, session: string): string[] {
  return [...overflowedSessions].flatMap(([trace, its]) => (its === session ? [trace] : []));
}

/**
 * The traces of those that were turned away for want of room, where that is news.
 * @param sent what was sent, by its place
 */
export function newlyOverflowed(
  { overflowed, overflowedSessions }: SessionState,
  sent: readonly OverflowPart[],
  results: readonly AppendResult[],
): Overflowed | undefined {
  const traces = new Set<string>();
  const sessions = new Map<string, string>();
  for (const [place, { name, trace, session }] of sent.entries()) {
    const result = results[place];
    if (result?.status !== "refused") continue;
    if (result.elsewhere !== true && result.code !== "quota_exceeded") continue;
    const key = overflowKey(name);
    if (!overflowed.has(key)) traces.add(key);
    if (trace === "" || session === undefined) continue;
    const hash = sessionHash(session);
    if (overflowedSessions.get(trace) !== hash) sessions.set(trace, hash);
  }
  if (traces.size + sessions.size === 0) return undefined;
  return { traces: [...traces], ...(sessions.size > 0 && { sessions: [...sessions] }) };
}

/** Those that were turned away first are forgotten first. */
export function rememberOverflowed(
  { overflowed, overflowedSessions }: SessionState,
  { traces, sessions = [] }: Overflowed,
): void {
  for (const key of traces) overflowed.add(key);
  for (const [trace, session] of sessions) overflowedSessions.set(trace, session);
  for (const known of [overflowed, overflowedSessions]) {
    for (const key of known.keys()) {
      if (known.size <= MAX_OVERFLOWED) break;
      known.delete(key);
    }
  }
}

export interface OverflowPart extends Part {
  /** Its trace; a score of a session is of no trace, and stands for itself. */
  name: string;
}

export function overflowPart(action: Action): OverflowPart {
  const { change } = action;
  const part = partOfAction(action);
  const isAlone = change.kind === "score" && change.trace === "";
  return { ...part, name: isAlone ? change.id : change.trace };
}

/** A hash. */
function overflowKey(name: string): string {
  return derivedId("overflow", name).slice(0, 16);
}
