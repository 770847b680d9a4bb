// The answers of the calls that delete a session: what it holds, and what of it was deleted.
// Additive across versions, as all calls are (session-calls.ts).

/** The traces of a session, as its object knows them. */
export interface HeldTraces {
  /** Langfuse ids, the latest first. */
  traces: string[];
  /** Complete spans are, or were, among what it holds: others of those traces may name no session. */
  spans?: true;
  /** So many more of them are not told. */
  more?: number;
}

/** The extent of a deletion, and the records that could not be stopped any more. */
export interface DeleteAnswer {
  /** The object's id, as its claims have it. */
  object: string;
  /** Actions that the three below stood for. */
  actions: number;
  /** Observations and scores that were being assembled. */
  open: number;
  /** Records that waited for a delivery. */
  pending: number;
  /** Dead letters. */
  dead: number;
  /** Records that are, or may be, in a delivery just now: forgotten here, perhaps soon in Langfuse. */
  inFlight: number;
  /** Until when actions are refused, epoch ms. */
  until: number;
  /** Of a lane: records of other sessions that wait for a delivery. */
  left?: number;
  /** Of a lane: traces of the session (Langfuse ids) that it had no room for; they have objects of their own. */
  elsewhere?: string[];
}
