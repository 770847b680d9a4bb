// The outcomes of one kind's records in a pass: each goes to its record's lease, the counts and the reasons to
// health. Decides nothing.
import type { WireKind } from "../../langfuse/encode.ts";
import type { KindReport } from "../../protocol/health-calls.ts";
import type { NotTaken } from "../posts/judging/blame.ts";
import type { Failure } from "../posts/failure.ts";
import type { LeaseOutcomes } from "./lease-outcomes.ts";
import type { EncodedRecord } from "../posts/pack.ts";

export interface DeadReason {
  reason: string;
  /** Langfuse's words, redacted and cut. */
  message: string;
}

export class KindOutcomes {
  readonly kind: WireKind;
  delivered = 0;
  dead = 0;
  setAside = 0;
  /** The reason why records were left whose content is not known to be at fault. */
  failure: Failure | undefined;
  /** The reason why the last record was set aside. */
  asideFailure: Failure | undefined;
  lastDead: DeadReason | undefined;
  readonly #leases: LeaseOutcomes;

  constructor(kind: WireKind, leases: LeaseOutcomes) {
    this.kind = kind;
    this.#leases = leases;
  }

  deliver(records: readonly EncodedRecord[]): void {
    this.delivered += records.length;
    for (const record of records) this.#leases.deliver(record);
  }

  markDead({ lease, ordinal }: EncodedRecord, { reason, message }: DeadReason): void {
    this.dead += 1;
    this.lastDead = { reason, message };
    this.#leases.markDead(lease, { ordinal, reason, message });
  }

  /** A record that was not taken alone, until it is known whose fault that is. */
  suspend({ record }: NotTaken): void {
    this.#leases.suspend(record);
  }

  setRecordAside({ record, failure }: NotTaken): void {
    this.setAside += 1;
    this.asideFailure = failure;
    this.#leases.setAside(record);
  }

  /**
   * A record that failed alone, and those behind it wait.
   * @param othersTaken it may be at fault: no reason to wait with others
   */
  holdUp({ record, failure }: NotTaken, othersTaken: boolean): void {
    if (othersTaken) {
      this.setAside += 1;
      this.asideFailure = failure;
    } else this.failure ??= failure;
    const { class: reason, retryAfterMs: afterMs } = failure;
    this.#leases.defer(record.lease, this.kind, {
      reason,
      ...(afterMs !== undefined && { afterMs }),
      ...(othersTaken && { alone: true }),
    });
  }

  /** The same of a record that was suspended. */
  releaseToHoldUp(one: NotTaken, othersTaken: boolean): void {
    this.#leases.release(one.record);
    this.holdUp(one, othersTaken);
  }

  /** Nobody's fault as far as is known. */
  release({ record, failure }: NotTaken): void {
    this.#leases.release(record);
    this.defer([record], failure);
  }

  defer(records: readonly EncodedRecord[], failure: Failure): void {
    this.failure ??= failure;
    const { class: reason } = failure;
    // The wait that a shared request asked for may be one session's doing.
    const shared = new Set(records.map(({ lease }) => lease)).size > 1;
    const afterMs = shared && reason !== "rate_limited" ? undefined : failure.retryAfterMs;
    const left = { reason, ...(afterMs !== undefined && { afterMs }) };
    for (const { lease } of records) this.#leases.defer(lease, this.kind, left);
  }

  /** A request of these failed, whatever becomes of them in this pass. */
  failed(records: readonly EncodedRecord[]): void {
    for (const { lease } of records) this.#leases.failed(lease, this.kind);
  }

  /** Leaves records that were not tried. */
  leave(
    records: readonly EncodedRecord[],
    reason: "not_tried" | "pass_full",
    limited: Failure | undefined,
  ): void {
    if (records.length === 0) return;
    if (limited !== undefined) this.failure ??= limited;
    const afterMs = limited?.retryAfterMs;
    const left = { untried: true, reason, ...(afterMs !== undefined && { afterMs }) };
    for (const { lease } of records) {
      if (!this.#leases.isDeferred(lease, this.kind)) this.#leases.defer(lease, this.kind, left);
    }
  }

  report(): KindReport {
    const { kind, delivered, dead, setAside } = this;
    const { class: failureClass, retryAfterMs } = this.failure ?? {};
    return {
      kind,
      delivered,
      dead,
      ...(setAside > 0 && { setAside }),
      ...(failureClass && {
        failure: { class: failureClass, ...(retryAfterMs !== undefined && { retryAfterMs }) },
      }),
    };
  }
}
