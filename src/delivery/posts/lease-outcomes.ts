// The outcome of each record of a pass, by lease: delivered, dead, set aside, or left with a reason. A lease
// is finished as soon as that is known of all its records, so that it can be settled at once.
import type { WireKind } from "../../langfuse/encode.ts";
import type { DeadVerdict, RetryReason, Settlement } from "../../protocol/session-calls.ts";
import type { EncodedRecord } from "./pack.ts";

export type LeaseOutcome = Pick<Settlement, "delivered" | "dead" | "setAside" | "retry">;

export interface Left {
  reason: RetryReason;
  afterMs?: number;
  /** Nothing was tried: a reason with a try replaces this one. */
  untried?: boolean;
}

export class LeaseOutcomes {
  readonly leases: LeaseOutcome[];
  /** By lease: records without an outcome yet; `waits` for those whose fault is still judged. */
  readonly #undecided: Map<number, WireKind | "waits">[];
  /** By lease: records in a request that has no answer yet. Nothing is decided of them before it. */
  readonly #inFlight: Set<number>[];
  /** Leases that are left for a reason that another one replaces. */
  readonly #untried = new Set<number>();
  readonly #finished = new Set<number>();

  constructor(leases: number, records: readonly EncodedRecord[]) {
    this.leases = Array.from({ length: leases }, () => ({ delivered: [], dead: [] }));
    this.#undecided = this.leases.map(() => new Map());
    this.#inFlight = this.leases.map(() => new Set());
    for (const { lease, ordinal, kind } of records) this.#undecidedOf(lease).set(ordinal, kind);
  }

  /** Called before each POST: a lease whose kind is deferred meanwhile waits for the answer all the same. */
  posting(records: readonly EncodedRecord[]): void {
    for (const { lease, ordinal } of records) this.#inFlight[lease]?.add(ordinal);
  }

  /** Called when the answer has been decided about: what it left undecided goes the way of its kind. */
  answered(records: readonly EncodedRecord[]): void {
    for (const { lease, ordinal, kind } of records) {
      this.#inFlight[lease]?.delete(ordinal);
      const undecided = this.#undecidedOf(lease);
      if (undecided.get(ordinal) === kind && this.isDeferred(lease, kind))
        undecided.delete(ordinal);
    }
  }

  deliver({ lease, ordinal }: EncodedRecord): void {
    this.#of(lease).delivered.push(ordinal);
    this.#undecidedOf(lease).delete(ordinal);
  }

  markDead(lease: number, verdict: DeadVerdict): void {
    this.#of(lease).dead.push(verdict);
    this.#undecidedOf(lease).delete(verdict.ordinal);
  }

  /** A record that is tried again by itself: what is behind it goes on. */
  setAside({ lease, ordinal }: EncodedRecord): void {
    (this.#of(lease).setAside ??= []).push(ordinal);
    this.#undecidedOf(lease).delete(ordinal);
  }

  /** A suspended record keeps its lease unfinished, and no `defer` decides about it, until it is judged. */
  suspend({ lease, ordinal }: EncodedRecord): void {
    this.#undecidedOf(lease).set(ordinal, "waits");
  }

  /** A suspended record that is not at fault, as far as is known, goes the way of the rest again. */
  release({ lease, ordinal, kind }: EncodedRecord): void {
    this.#undecidedOf(lease).set(ordinal, kind);
  }

  /** Leaves the rest of a kind for later; nothing of it is posted after this. The first reason stays. */
  defer(lease: number, kind: WireKind, { reason, afterMs, untried = false }: Left): void {
    const outcome = this.#of(lease);
    const { kinds = [] } = outcome.retry ?? {};
    if (outcome.retry === undefined || (this.#untried.has(lease) && !untried)) {
      outcome.retry = { reason, ...(afterMs !== undefined && { afterMs }) };
      if (untried) this.#untried.add(lease);
      else this.#untried.delete(lease);
    }
    outcome.retry.kinds = kinds.includes(kind) ? kinds : [...kinds, kind];
    const undecided = this.#undecidedOf(lease);
    const inFlight = this.#inFlight[lease];
    for (const [ordinal, its] of undecided) {
      if (its === kind && inFlight?.has(ordinal) !== true) undecided.delete(ordinal);
    }
  }

  isDeferred(lease: number, kind: WireKind): boolean {
    return this.#of(lease).retry?.kinds?.includes(kind) ?? false;
  }

  /** Leases of which all is known since this was asked last. */
  takeFinished(): number[] {
    const finished = [...this.#undecided.keys()].filter(
      (lease) => this.#undecidedOf(lease).size === 0 && !this.#finished.has(lease),
    );
    for (const lease of finished) this.#finished.add(lease);
    return finished;
  }

  #of(lease: number): LeaseOutcome {
    const outcome = this.leases[lease];
    if (outcome === undefined) throw new RangeError(`no lease ${lease} in this pass`);
    return outcome;
  }

  #undecidedOf(lease: number): Map<number, WireKind | "waits"> {
    const undecided = this.#undecided[lease];
    if (undecided === undefined) throw new RangeError(`no lease ${lease} in this pass`);
    return undecided;
  }
}
