// The call by which a request brings actions, or complete spans, into a session, and its answer.
// Additive across versions, as all calls are (session-calls.ts).
import type { Action, Writer } from "../change.ts";
import type { SpanOrigin, SpanRecord } from "../record.ts";
import type { ActionRefusalCode } from "../refusals.ts";

/** A span on its way into a session: complete, made safe. */
export type CompleteSpan = Omit<
  SpanRecord,
  "kind" | "ordinal" | "actions" | "size" | "seen" | "amended"
> & {
  /** The Worker's own `beforeStore` dropped it, for this reason: it is counted, and nothing of it is kept. */
  drop?: string;
};

export interface SpanBatch {
  items: CompleteSpan[];
  /** By the keys that the items name. */
  origins: Readonly<Record<string, SpanOrigin>>;
}

/** Actions of one request for one ordering key. */
export interface AppendRequest {
  /** Public key of the Langfuse project that the session belongs to. */
  project: string;
  writer: Writer;
  /** The request's session id: what spans are grouped by when the trace names none. */
  sessionId?: string;
  clientId?: string;
  /** The client's clock when it sent this attempt, epoch ms. */
  sentAt?: number;
  actions: Action[];
  /** Spans that are complete; `actions` is then empty. An object that knows of none answers for no action. */
  spans?: SpanBatch;
  /** A flush came with the request; `deliver` also seals what is complete and claims at once. */
  flush?: { deliver: boolean };
  /** The caller sends the claim that the answer asks for, together with others'. */
  batchesClaims?: true;
  /** The object is a lane, of many traces: it remembers more, and seals in steps. */
  lane?: true;
  /** Somebody watches the project until then, epoch ms: the object tells the live hub what changes. */
  watchedUntil?: number;
}

export type AppendResult =
  /** `repeat`: known before; it has no second effect and is answered as the first time. */
  | { status: "accepted" | "repeat" }
  | {
      status: "refused";
      code: ActionRefusalCode;
      message: string;
      /** Seconds. */
      retryAfter?: number;
      /** The object is full and has not kept it: another one may. */
      elsewhere?: true;
    };

export interface AppendAnswer {
  /** One for each action, or for each span, in the order given. */
  results: AppendResult[];
  /** Observations and scores of this object that are not yet in Langfuse. */
  pending: number;
  /** Of those, sealed and on their way. */
  sealed: number;
  /** The caller is to claim this object; it can be served from then on, epoch ms. */
  claimAt?: number;
  /** The reservation that this claim is to carry. */
  reservation?: number;
}
