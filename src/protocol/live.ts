// What a watcher of a project is told while its turns happen, over a WebSocket at `LIVE_PATH`. Messages are JSON
// text. A turn is told by what changed of it, and each piece replaces the one before it: what is told twice changes
// nothing, and what was left out is made good by the next message of the same piece. Pure.
import type { Level, ObservationType } from "./change.ts";

export const LIVE_PATH = "/api/langfuse/live";

/**
 * The subprotocol that a watcher offers and the edge chooses. A browser can set no header of a WebSocket, and a URL is
 * logged on its way: the token travels as a second offer, behind `LIVE_TOKEN_PREFIX`:
 * `new WebSocket(url, [LIVE_PROTOCOL, LIVE_TOKEN_PREFIX + token])`.
 */
export const LIVE_PROTOCOL = "langfuse-edge.live.v1";
export const LIVE_TOKEN_PREFIX = "langfuse-edge.token.";

/** Turns that a message has at most; a hello may be followed by more messages of what is open. */
export const MAX_LIVE_TURNS = 50;
/** Observations of one turn that are told of; the rest is a number (`more`). */
export const MAX_LIVE_OBSERVATIONS = 64;
/** Turns that the hub remembers for watchers who come later: the latest ones. */
export const MAX_OPEN_TURNS = 500;
/** Longest text of names, ids and labels here, and of payloads where they are shown at all, in UTF-16 units. */
export const MAX_LIVE_NAME_LENGTH = 200;
export const MAX_LIVE_TEXT_LENGTH = 2_000;
/** Labels (tags, variants) of a turn, and scores: the latest. */
export const MAX_LIVE_LABELS = 20;
/** Messages that may be on their way to a watcher without its `ack`; what comes meanwhile is counted as skipped. */
export const MAX_UNACKNOWLEDGED = 16;
/** Watchers of one project at a time; the next is closed with `LIVE_CLOSED.full`. */
export const MAX_WATCHERS = 50;
/** Longest message of a watcher, in UTF-16 units. */
export const MAX_WATCHER_MESSAGE_LENGTH = 1_000;

/** Close codes; a browser sees them in its `close` event. */
export const LIVE_CLOSED = {
  /** The token has expired: come again with another. */
  expired: 4401,
  /** Too many watch already. */
  full: 4429,
  /** The watcher sent something that is no message of these. */
  invalid: 4400,
} as const;

/** Epoch ms everywhere, by the clock of whoever told it. */
export interface LiveObservation {
  /** Langfuse's id. */
  id: string;
  /** Absent on a root. */
  parentId?: string;
  root?: true;
  type: ObservationType;
  name: string;
  startTime: number;
  /** Absent while it is open. */
  endTime?: number;
  firstTokenTime?: number;
  /** Chunks of a stream so far, and its rate. */
  chunks?: number;
  chunksPerSecond?: number;
  level?: Level;
  model?: string;
  /** Sums as Langfuse has them: of `total` where it was told, else of all parts. */
  tokens?: number;
  /** US dollars. */
  cost?: number;
  /** A word such as `completed`, `failed`, `stopped` (docs/browser-library.md). */
  outcome?: string;
  /** Where the edge closed what nobody ended. */
  abandoned?: true;
  /** A record of something that came too late for its observation. */
  late?: true;
  /** Payloads, only where DASHBOARD_CONTENT says so; masked as what is stored, and cut. */
  input?: string;
  output?: string;
  statusMessage?: string;
}

export type LiveState = "open" | "ended";

export interface LiveTurn {
  /** Langfuse's trace id. */
  traceId: string;
  /** The client's own, where it is another. */
  rawTraceId?: string;
  /** Told by an object that has only a part of it, such as a backend's: what another says of the whole stands. */
  partial?: true;
  state: LiveState;
  /** The assistant. */
  name?: string;
  sessionId?: string;
  userId?: string;
  environment?: string;
  release?: string;
  version?: string;
  tags?: string[];
  /** By experiment. */
  variants?: Record<string, string>;
  /** Who told: `frontend-click`, `backend-api`, … */
  source?: string;
  startTime: number;
  endTime?: number;
  /** Of a turn that ended. */
  outcome?: string;
  /** An observation of it has the level ERROR. */
  failed?: true;
  /** It ended without an end of its client's. */
  idle?: true;
  /** SAMPLING keeps it out of Langfuse. */
  sampledOut?: true;
  /** Its latencies in ms by name (`frontend_processing`, `time_to_first_token`, …), once they are told. */
  latencies?: Record<string, number>;
  scores?: LiveScore[];
  /** Those that changed; in a hello, all that the hub remembers. */
  observations: LiveObservation[];
  /** Observations that are not told of, since there are too many. */
  more?: number;
}

export interface LiveScore {
  id: string;
  name: string;
  value: number | string;
  /**
   * Of a text: whether it is what somebody said, which is a payload, or a category. Without leave to see payloads what
   * is no category is "…". Absent from a session of a version that did not say: taken for what somebody said.
   */
  words?: boolean;
}

/** What the edge sends. `n` counts the messages to this watcher, and is what it acknowledges. */
export type LiveMessage =
  /** The first one, and where there are many the first ones: the turns that are open, and the latest that ended. */
  | {
      type: "hello";
      n: number;
      v: 1;
      /** The edge's clock. */
      now: number;
      /** The project that is watched: its public key. */
      project: string;
      /** Payloads may be among what is told. */
      content: boolean;
      /** When the watcher has to come again, with another token. */
      until: number;
      turns: LiveTurn[];
    }
  /** What changed. */
  | { type: "turns"; n: number; now: number; turns: LiveTurn[] }
  /**
   * Changes that were not told one by one since the last message: the watcher, the hub or a session was too busy.
   * What the hub still has of these turns follows, whole.
   */
  | { type: "skipped"; n: number; now: number; changes: number };

/**
 * What a watcher sends: all messages up to `ack` were read. Due after 8 of them, or 200 ms after the first. The text
 * `ping`, which is no JSON, is answered by `pong`, so that a watcher learns that a connection is dead.
 */
export interface WatcherMessage {
  ack: number;
}
