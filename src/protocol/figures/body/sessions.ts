// Sessions one by one in the JSON of figures: named by a hash. Only types.
import type { Distribution } from "./distribution.ts";

export interface SessionBody {
  /** 16 hex digits of a hash of its id: sessions are told apart, not named. */
  session: string;
  /** The assistant of its latest turn. */
  assistant: string;
  turns: number;
  /** Turns with the outcome `failed`. */
  failed: number;
  errors: number;
  tokens: number;
  /** US dollars. */
  cost: number;
  /** ms, of its turns. */
  timeToFirstToken: SessionDistribution;
  turn: SessionDistribution;
  lastSeen: string;
  /** Langfuse trace id of its latest turn. */
  latestTrace: string;
}

export type SessionDistribution = Pick<Distribution, "count" | "mean" | "p50" | "max">;

export interface SessionsBody {
  /** Different sessions with a turn in the range, whatever the filters. */
  count: number;
  /** Those whose slowest first token took longest, at most 20. */
  slowest: SessionBody[];
  /** Those with the latest turns, at most 20. */
  latest: SessionBody[];
  /** False: there were more than there is room for. Those that are listed are the slowest and the latest all the same, but their sums may lack turns. */
  complete: boolean;
}
