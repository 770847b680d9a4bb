// The state of the sealed records: leases, counts, and what failed. Plain data.
import type { RecordKind, SealedRecord } from "../../protocol/record.ts";
import type { FailedTries, SetAsideRecord } from "../../protocol/session/lease-calls.ts";

export interface Lease {
  id: number;
  until: number;
  /** Records up to this one (inclusive) in the order of sealing are leased. */
  upTo: number;
}

/** A lease that was settled in part: its consumer still has the records of one kind. */
export interface PartLease extends Lease {
  kind: RecordKind;
}

/** A lease that may have been granted without a word in the journal. */
export interface Reservation {
  /** Of the lease. */
  id: number;
  /** It was granted by then or never, epoch ms. */
  by: number;
  /** Until when it lasts, if it was granted, epoch ms. */
  until: number;
}

export interface Counts {
  /** Actions. accepted = delivered + dead + dropped + what drafts and the outbox represent. */
  accepted: number;
  delivered: number;
  dead: number;
  dropped: Map<string, number>;
  /** Records named by a settlement, or by a seal in the journal, that the session does not have. */
  unknown: number;
}

/** A record with its number in the order of sealing. */
export type Ordered<R extends SealedRecord = SealedRecord> = R & { seq: number };

export interface FailingKind extends FailedTries {
  /** Epoch ms. */
  notBefore: number;
}

export interface SetAside extends SetAsideRecord {
  /** Epoch ms. */
  notBefore: number;
}
