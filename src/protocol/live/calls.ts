// The calls to a project's live hub, the object that its watchers are connected to. Nothing waits for it, and its loss
// harms nothing but the view. Additive across versions.
import type { LiveTurn } from "../live.ts";

export interface WatchState {
  /** Until when somebody watches, as far as it is known, epoch ms; 0 where nobody does. */
  watchedUntil: number;
}

export interface TellAnswer extends WatchState {
  /** The hub has much to do: nothing is to be told before this many ms, but for the end of a turn. */
  quietMs: number;
}

export interface LiveCalls {
  /** Whether sessions are to tell it anything. */
  watched(): Promise<WatchState>;
  /** @param skipped changes that the session did not tell */
  tell(turns: LiveTurn[], skipped: number): Promise<TellAnswer>;
  /** Notes that a code is used; false where it was before. */
  redeem(code: string, until: number): Promise<boolean>;
  /** Forgets what it remembers of a session. */
  forgetSession(sessionId: string): Promise<void>;
}

/**
 * How a watcher watches, as URI-encoded JSON: in a request to become a WebSocket, of somebody who may watch. It comes
 * beside these calls, since a socket passes none of them.
 */
export const WATCH_HEADER = "x-langfuse-edge-watch";
export interface WatchTerms {
  project: string;
  /** Epoch ms. */
  until: number;
  content: boolean;
}

/** Sessions tell the hub for so long after it said that somebody watches … */
export const WATCH_LEASE_MS = 30_000;
/** … and an isolate asks it at most this often, while requests come: a call costs what half a request does. */
export const ASK_INTERVAL_MS = 15_000;
