// The calls between the rooms and a session object. Additive across versions: during a deploy both
// versions run, so a field may be added here, never removed or given a new meaning.
import type { AmendCalls } from "./hooks/amend-calls.ts";
import type { DeadLetterCalls } from "./books/dead-letter-calls.ts";
import type { AppendAnswer, AppendRequest } from "./session/append-calls.ts";
import type { DeleteAnswer, HeldTraces } from "./session/erasure-calls.ts";
import type { LeaseAnswer, LeaseRequest } from "./session/lease-calls.ts";
import type { SettleAnswer, Settlement } from "./session/settle-calls.ts";

export interface PendingAnswer {
  pending: number;
  sealed: number;
  /** Journals of the session that could not be read and were put aside, where there are any. */
  unreadable?: number;
}

/**
 * The calls of the edge and the consumer to a session object. One that only reads sets an alarm again that the platform
 * gave up.
 */
export interface SessionCalls extends DeadLetterCalls, AmendCalls {
  append(request: AppendRequest): Promise<AppendAnswer>;
  /** Pending counts only; reads, never writes. */
  pending(): Promise<PendingAnswer>;
  /** Somebody watches the project until then, epoch ms: the live hub is told what is open. Reads, never writes. */
  watched(until: number): Promise<void>;
  /** The traces, by their clients' ids, of observations (by theirs) that are being assembled; null for others. */
  findTraces(observations: string[]): Promise<(string | null)[]>;
  lease(request: LeaseRequest): Promise<LeaseAnswer>;
  settle(settlement: Settlement): Promise<SettleAnswer>;
  /** Forgets every payload that it holds, and refuses new ones for a day. */
  deleteSession(): Promise<DeleteAnswer>;
  /** The traces that it knows as its session's; reads, never writes. */
  heldTraces(): Promise<HeldTraces>;
  /**
   * The same of one session among the many that a lane's traces name; the others stay.
   * @param traces Langfuse ids of traces that are the session's, whoever says so
   */
  forgetSession(sessionId: string, traces?: string[]): Promise<DeleteAnswer>;
}
