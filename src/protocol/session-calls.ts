// The calls between the rooms and a session object. Additive across versions: during a deploy both
// versions run, so a field may be added here, never removed or given a new meaning.
import type { AmendCalls } from "./hooks/amend-calls.ts";
import type { DeadLetterCalls } from "./books/dead-letter-calls.ts";
import type { SourceReport } from "./books/ledger-calls.ts";
import type { Action, Writer } from "./change.ts";
import type { ActionRefusalCode } from "./refusals.ts";
import type { RecordKind, SealedRecord, SpanOrigin, SpanRecord } from "./record.ts";

/** A span on its way into a session: complete, made safe. */
export type CompleteSpan = Omit<
  SpanRecord,
  "kind" | "ordinal" | "actions" | "size" | "seen" | "amended"
> & {
  /** The Worker's own `beforeStore` dropped it, for this reason: it is counted, and nothing of it is kept. */
  drop?: string;
};

/** The traces of a session, as its object knows them. */
export interface HeldTraces {
  /** Langfuse ids, the latest first. */
  traces: string[];
  /** Complete spans are, or were, among what it holds: others of those traces may name no session. */
  spans?: true;
  /** So many more of them are not told. */
  more?: number;
}

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

/** A queue message: never data. */
export interface Claim {
  v: 1;
  project: string;
  /** The object's id, as hex text. */
  object: string;
  /** Other objects of the same project. */
  more?: string[];
  /** Of the object and the others, in that order, the lease reserved for this claim; 0 for none. */
  reservations?: number[];
}

/** Sealed records that one consumer, and nobody else, may post until `until`. */
export interface Lease {
  id: number;
  /** Epoch ms, by the object's clock. */
  until: number;
  records: SealedRecord[];
  /** Origins that spans among the records name, by key. */
  origins?: Record<string, SpanOrigin>;
  /** Some of them were left for later before, so that health counts them as pending. */
  retried?: true;
  /** Langfuse has taken something of this session before. */
  taken?: true;
  /** Kinds whose earlier tries failed, each time. */
  failing?: Partial<Record<RecordKind, FailedTries>>;
  /** Records in the lease that were set aside before. */
  setAside?: SetAsideRecord[];
  /** It may be settled in parts; an object that does not say so takes any settlement for the whole. */
  inParts?: true;
}

/** Tries in a row of one kind of a session's records that brought nothing forward. Epoch ms. */
export interface FailedTries {
  /** None where the records were only put off, untried. */
  tries: number;
  /** Since when nothing was brought forward. */
  since: number;
  /** When the last try failed. */
  last?: number;
  /** Of the tries, those in which the oldest record failed alone although others had been taken since the one before. */
  alone?: number;
}

/** A record that failed in a request of its own although Langfuse took others. */
export interface SetAsideRecord {
  ordinal: number;
  /** Absent from an object that did not tell. */
  kind?: RecordKind;
  failures: number;
  /** When it was set aside first, epoch ms. */
  since: number;
}

export interface LeaseRequest {
  /** Most bytes of records; at least one record is leased however large … */
  maxBytes: number;
  /** … unless this is asked for: then rather nothing than a record that is larger. */
  strict?: true;
  /** The one that the claim carried: only its consumer can have been granted it. */
  reservation?: number;
  /** The consumer can write spans as they came; one of an earlier version is leased nothing beside such. */
  spans?: true;
  /** It knows records that were sampled out, and posts none of them; one of an earlier version is leased none. */
  sampledOut?: true;
}

export interface LeaseAnswer {
  lease?: Lease;
  /**
   * The reason for no lease: nothing is sealed, somebody has it, it is not yet time to try again, or
   * the first record is too large for a strict request.
   */
  reason?: "empty" | "leased" | "backoff" | "large";
  /** Journals that could not be read and were put aside, while they are kept. */
  unreadable?: UnreadableJournals;
}

export interface UnreadableJournals {
  journals: number;
  /** When the last of them was put aside, epoch ms. */
  at: number;
}

export interface DeadVerdict {
  ordinal: number;
  reason: string;
  /** Langfuse's own words, redacted and cut. */
  message: string;
}

/** The reason why records have to be tried again. */
export type RetryReason =
  /** Langfuse, or what stands in front of it, did not take them … */
  | "rate_limited"
  | "unavailable"
  | "timeout"
  | "unreachable"
  | "unknown_answer"
  | "unauthorized"
  | "wrong_url"
  | "request_refused"
  /** … or they were put off, untried: nobody knows the project, or it is not to be tried just now … */
  | "not_configured"
  | "breaker_open"
  /** … or a pass had no time or no posts left, stopped at another's failure, or a lease was nearly over. */
  | "pass_full"
  | "not_tried"
  | "lease_too_short";

/** The reason why a kind's records are left, and when they may be tried again. */
export interface KindRetry {
  reason: RetryReason;
  afterMs?: number;
  /** The oldest record failed in a request of its own although others had been taken since the try before. */
  alone?: true;
  /** Some of the kind was taken, and the rest was not tried: it has failed no more. */
  passes?: true;
}

export interface Settlement {
  lease: number;
  /** Ordinals of records that Langfuse has. */
  delivered: number[];
  /** Records that Langfuse refuses for good. */
  dead: DeadVerdict[];
  /** The rest (records neither delivered, dead nor set aside) has to be tried again, and why. */
  retry?: {
    reason: RetryReason;
    afterMs?: number;
    /**
     * Of which kinds; of all where nothing is said, of none where the list is empty: an object that knows of
     * no `setAside` then waits before it lends those records again.
     */
    kinds?: RecordKind[];
    /** Of a kind for which that is not all, or not so. */
    byKind?: Partial<Record<RecordKind, KindRetry>>;
  };
  /**
   * Ordinals of records that failed in requests of their own although Langfuse took others: tried again by
   * themselves, and nothing waits for them.
   */
  setAside?: number[];
  /**
   * Kinds of which the consumer still has records: the lease goes on for them, and is over for the others.
   * Only of a lease that may be settled in parts.
   */
  keeps?: RecordKind[];
  /** Ask for the next lease in the same call. */
  next?: LeaseRequest;
}

export interface SettleAnswer {
  /** Records sealed and waiting, after this settlement. */
  sealed: number;
  pending: number;
  next?: Lease;
  /** All that the session has counted so far, for the project's ledger. */
  report?: SourceReport;
  /** Records of the settlement that had been settled before: Langfuse may have them twice. */
  repeated?: number;
  /** Records of the settlement that the session never had. */
  unknown?: number;
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

export interface PendingAnswer {
  pending: number;
  sealed: number;
  /** Journals of the session that could not be read and were put aside, where there are any. */
  unreadable?: number;
}

/** The calls of the edge and the consumer to a session object. */
export interface SessionCalls extends DeadLetterCalls, AmendCalls {
  append(request: AppendRequest): Promise<AppendAnswer>;
  /** Pending counts only; reads, never writes. */
  pending(): Promise<PendingAnswer>;
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
