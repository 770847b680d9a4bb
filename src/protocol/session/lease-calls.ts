// The claim that brings a consumer to a session, and the call by which it leases sealed records.
// Additive across versions, as all calls are (session-calls.ts).
import type { SourceReport } from "../books/ledger-calls.ts";
import type { RecordKind, SealedRecord, SpanOrigin } from "../record.ts";

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
  /** The same as a time from its grant on: a consumer's clock may go otherwise. Absent from an earlier version. */
  lastsMs?: number;
  records: SealedRecord[];
  /** Origins that spans among the records name, by key. */
  origins?: Record<string, SpanOrigin>;
  /** Some of them were left for later before, so that health counts them as pending. */
  retried?: true;
  /** Langfuse has taken something of this session before. */
  taken?: true;
  /** … and of this kind alone; absent where of both, or nobody knows. */
  takenOnly?: RecordKind;
  /** Kinds whose earlier tries failed, each time. */
  failing?: Partial<Record<RecordKind, FailedTries>>;
  /** Records in the lease that were set aside before. */
  setAside?: SetAsideRecord[];
  /** It may be settled in parts; an object that does not say so takes any settlement for the whole. */
  inParts?: true;
  /** All that the session has counted when the lease was granted, its records among what is pending. */
  report?: SourceReport;
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
