// The calls to the one small object per project that knows how delivery is going. Additive across
// versions, as the sessions' calls are.
import type { RecordKind } from "./record.ts";
import type { UnreadableJournals } from "./session/lease-calls.ts";

/** Deliveries that went well. */
export interface Deliveries {
  delivered: number;
  /** When the last of them did, epoch ms. */
  last: number;
  /** The same by kind; absent from a consumer that knew of none. */
  kinds?: Partial<Record<RecordKind, number>>;
}

/** A consumer pass on one of Langfuse's two paths. */
export interface KindReport {
  kind: RecordKind;
  delivered: number;
  /** Records that Langfuse refused for good. */
  dead: number;
  /** Records that failed in requests of their own although Langfuse took others: their content is at fault. */
  setAside?: number;
  /** Of records whose content is not known to be at fault. */
  failure?: { class: string; retryAfterMs?: number };
}

export interface LastDead {
  reason: string;
  message: string;
  /** By which it can be looked at; absent from a consumer that knew of none. */
  id?: string;
}

/** Report of a consumer pass on a project. */
export interface HealthReport {
  /** Epoch ms. */
  at: number;
  /** When the pass began, epoch ms; absent from a consumer that did not tell. */
  began?: number;
  /** Of passes before it, that have not been told. */
  earlier?: Deliveries;
  delivered: number;
  dead: number;
  /** Class of the pass's failure, if it had one, e.g. `unauthorized`, `rate_limited`, `unreachable`. */
  failure?: { class: string; retryAfterMs?: number; message?: string };
  /** The same by path; absent from a consumer that knew of one only. */
  kinds?: KindReport[];
  /** The last of the dead: why, and Langfuse's words, redacted and cut. */
  lastDead?: LastDead;
  /** The newest journals of a session that could not be read and were put aside. */
  unreadable?: UnreadableJournals;
  /** Records that its settlements named and that had been settled before, or that their sessions never had. */
  repeated?: number;
  unknown?: number;
  /** Records left pending, by object: an object with nothing left is told with 0. */
  pending: [object: string, count: number][];
  /** Senders that posted by Langfuse's older API since the last report of this isolate. */
  legacy?: LegacyCount[];
}

/** What one SDK posted by Langfuse's older API. */
export interface LegacyCount {
  sdk: string;
  version: string;
  events: number;
  requests: number;
}

export interface LegacySender extends LegacyCount {
  /** Epoch ms, to the minute. */
  since: number;
  last: number;
}

/** The state of delivery on one of Langfuse's two paths. */
export interface KindHealth {
  /** Epoch ms; as exact as `HealthState.lastDelivery`. */
  lastDelivery?: number;
  /** Passes one after the other that failed and delivered nothing of the kind; those that failed side by side are one. */
  failures: number;
  /** When the last of them was reported, epoch ms. */
  failedAt?: number;
  /** Until when nothing of the kind should be posted, epoch ms. */
  openUntil?: number;
  /** Since when, by the same clock; absent from an earlier version. */
  openedAt?: number;
  /** Until when sessions should not share requests: some content failed while other content passed. */
  apartUntil?: number;
}

/** Report of a session that claims its records, and that no consumer comes to. Epoch ms. */
export interface UnservedReport {
  at: number;
  /** Since when they wait. */
  since: number;
}

export interface HealthState {
  /** Exact to the minute: deliveries that go well are told together. */
  lastDelivery?: number;
  /** Records that consumers know of and Langfuse does not have yet. */
  pending: number;
  /** Nearly all: an isolate that ends takes its last minute's count with it. */
  delivered: number;
  dead: number;
  /** Stays until something was delivered and nothing waits any more. Times in epoch ms. */
  lastError?: { class: string; since: number; last: number; message?: string };
  /** The first failure since all was well, of whatever class, epoch ms. */
  failingSince?: number;
  /** Since when the record waits that was left first, epoch ms. */
  waitingSince?: number;
  /** The newest dead letter; `at` in epoch ms. */
  lastDead?: LastDead & { at: number };
  /** The newest unreadable journals: when they were put aside, and when health heard of them. Epoch ms. */
  lastUnreadable?: { journals: number; at: number; heardAt: number };
  /** Records that were settled again after they had been settled: Langfuse may have them twice. */
  repeated?: number;
  /** Records that were settled and that their sessions never had, and when health heard of the last, epoch ms. */
  unknown?: { records: number; at: number };
  /** The last word of sessions that no consumer comes to; none since a consumer reported. */
  unserved?: UnservedReport;
  kinds?: Partial<Record<RecordKind, KindHealth>>;
  /** Who posts by Langfuse's older API; the one that did last first. */
  legacy?: LegacySender[];
  /** Consecutive failed passes, of the kind that has more. */
  failures: number;
  /** Until when nothing should be posted to this project, epoch ms. */
  openUntil?: number;
}

export interface HealthCalls {
  report(report: HealthReport): Promise<HealthState>;
  unserved(report: UnservedReport): Promise<void>;
  read(): Promise<HealthState>;
}
