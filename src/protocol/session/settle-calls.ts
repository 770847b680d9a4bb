// The call by which a consumer tells a session what became of a lease's records, and its answer.
// Additive across versions, as all calls are (session-calls.ts).
import type { SourceReport } from "../books/ledger-calls.ts";
import type { RecordKind } from "../record.ts";
import type { Lease, LeaseRequest } from "./lease-calls.ts";

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
  /**
   * The report that the project's ledger has taken by now: the lease's, and what became of its records. `false`: it was
   * told nothing. Absent, of a consumer of an earlier version, which tells it the answer's report afterwards.
   */
  told?: ToldReport | false;
}

/** A report that the ledger has taken. */
export type ToldReport = Pick<SourceReport, "born" | "at" | "figures">;

export interface SettleAnswer {
  /** Records sealed and waiting, after this settlement. */
  sealed: number;
  pending: number;
  next?: Lease;
  /** All that the session has counted so far, for the project's ledger, where the settlement does not say what it knows. */
  report?: SourceReport;
  /** Records of the settlement that had been settled before: Langfuse may have them twice. */
  repeated?: number;
  /** Records of the settlement that the session never had. */
  unknown?: number;
}
