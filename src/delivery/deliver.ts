// Posts what a pass holds and decides what becomes of each record. Invariant: every record ends in
// exactly one of delivered, dead, left for later; nothing is buried that Langfuse did not refuse by
// itself; once a record of a lease is left, no later batch holds a record of that lease.
// It must not know objects or clocks: it asks `barred` before each post.
import type { Refusal, Verdict } from "../langfuse/classify.ts";
import type { RetryReason } from "../protocol/session-calls.ts";
import type { PostItems } from "../langfuse/poster.ts";
import { type Failure, failureOf, failureOfEvent } from "./failure.ts";
import { Ledger, type LeaseOutcome } from "./ledger.ts";
import {
  type Batch,
  bytesOf,
  halvesByBytes,
  halvesByCount,
  pack,
  type PackLimits,
  type Parcel,
} from "./pack.ts";
import { Suspects } from "./suspects.ts";

export interface DeliverDeps {
  post: PostItems;
  /** Why a lease's records must not be posted any more; undefined while they may. */
  barred: (lease: number) => RetryReason | undefined;
  limits?: PackLimits;
  maxPosts?: number;
}

export interface Delivery {
  /** By index of the lease. */
  leases: LeaseOutcome[];
  posts: number;
  bytes: number;
  /** What stopped it, or kept records from being taken now. */
  failure?: Failure;
}

/** Most posts at once. Finding one guilty record among a thousand takes twenty. */
export const MAX_POSTS = 64;

export async function deliver(
  parcels: readonly Parcel[],
  leases: number,
  deps: DeliverDeps,
): Promise<Delivery> {
  const round = new Round(parcels, leases, deps);
  await round.run();
  return round.result();
}

class Round {
  readonly #deps: DeliverDeps;
  readonly #ledger: Ledger;
  readonly #suspects = new Suspects();
  readonly #work: Batch[];
  #posts = 0;
  #bytes = 0;
  /** Larger batches are split unposted: twice as large was too large. */
  #largest = Number.POSITIVE_INFINITY;
  #failure: Failure | undefined;
  /** A further post now would meet the same failure. */
  #stopped = false;

  constructor(parcels: readonly Parcel[], leases: number, deps: DeliverDeps) {
    this.#deps = deps;
    this.#ledger = new Ledger(leases);
    this.#work = pack(parcels, deps.limits);
  }

  async run(): Promise<void> {
    const maxPosts = this.#deps.maxPosts ?? MAX_POSTS;
    while (!this.#stopped && this.#posts < maxPosts) {
      const next = this.#work.shift();
      if (next === undefined) break;
      const batch = this.#admitted(next);
      if (batch.parcels.length === 0) continue;
      if (batch.parcels.length > 1 && bytesOf(batch) > this.#largest) {
        this.#work.unshift(...halvesByBytes(batch));
        continue;
      }
      this.#posts += 1;
      this.#bytes += bytesOf(batch);
      const texts = batch.parcels.map(({ text }) => text);
      this.#decide(batch, await this.#deps.post(batch.kind, texts));
    }
    this.#leaveRest();
  }

  result(): Delivery {
    return {
      leases: this.#ledger.leases,
      posts: this.#posts,
      bytes: this.#bytes,
      ...(this.#failure && { failure: this.#failure }),
    };
  }

  /** What of a batch may still be posted. */
  #admitted({ kind, parcels }: Batch): Batch {
    for (const lease of new Set(parcels.map((parcel) => parcel.lease))) {
      const reason = this.#deps.barred(lease);
      if (reason !== undefined) this.#ledger.hold(lease, { reason });
    }
    return { kind, parcels: parcels.filter(({ lease }) => !this.#ledger.isHeld(lease)) };
  }

  #decide(batch: Batch, verdict: Verdict): void {
    const [first, second] = batch.parcels;
    const alone = second === undefined ? first : undefined;
    switch (verdict.kind) {
      case "delivered":
        this.#delivered(batch.kind, batch.parcels);
        return;
      case "partly":
        this.#settleEvents(batch, verdict.refused);
        return;
      case "too_large":
        if (alone) this.#bury(alone, "too_large", verdict.message);
        else {
          const halves = halvesByBytes(batch);
          this.#largest = Math.min(this.#largest, Math.max(...halves.map(bytesOf)));
          this.#work.unshift(...halves);
        }
        return;
      case "rejected":
        if (alone) this.#suspect(alone, "record", verdict.message);
        else this.#work.unshift(...halvesByCount(batch));
        return;
      case "bad_request":
        if (alone) this.#suspect(alone, verdict.about, verdict.message);
        else this.#work.unshift(...halvesByCount(batch));
        return;
      case "keys":
      case "wrong_url":
      case "later":
      case "unknown":
        this.#work.unshift(batch);
        this.#stop(failureOf(verdict));
        return;
    }
  }

  #delivered(kind: Batch["kind"], parcels: readonly Parcel[]): void {
    if (parcels.length > 0) this.#suspects.prove(kind);
    for (const parcel of parcels) this.#ledger.deliver(parcel);
  }

  /** An answer that speaks of each event: what it does not name was taken. */
  #settleEvents({ kind, parcels }: Batch, refused: readonly Refusal[]): void {
    const byId = new Map(refused.map((refusal) => [refusal.id, refusal]));
    this.#delivered(
      kind,
      parcels.filter(({ id }) => !byId.has(id)),
    );
    for (const parcel of parcels) {
      const refusal = byId.get(parcel.id);
      if (refusal === undefined) continue;
      if (refusal.about === "moment") {
        const failure = failureOfEvent(refusal.status);
        this.#failure = failure;
        this.#ledger.hold(parcel.lease, { reason: failure.class });
      } else this.#suspect(parcel, refusal.about, refusal.message);
    }
  }

  #suspect(parcel: Parcel, about: "request" | "record" | "unsaid", message: string): void {
    this.#suspects.add({ parcel, about, message });
    if (this.#suspects.blameRequest(parcel.kind)) this.#stop({ class: "request_refused" });
  }

  #bury({ lease, ordinal }: Parcel, reason: string, message: string): void {
    this.#ledger.bury(lease, { ordinal, reason, message });
  }

  #stop(failure: Failure): void {
    this.#failure = failure;
    this.#stopped = true;
  }

  #leaveRest(): void {
    const { guilty, unproven } = this.#suspects.verdicts(this.#stopped || this.#work.length > 0);
    for (const { parcel, message } of guilty) this.#bury(parcel, "refused", message);
    if (unproven.length > 0) this.#failure ??= { class: "request_refused" };

    const left = [
      ...unproven,
      ...this.#work.flatMap(({ parcels }) => parcels.map((parcel) => ({ parcel }))),
    ];
    const reason = this.#failure?.class ?? "pass_full";
    const afterMs = this.#failure?.retryAfterMs;
    for (const { parcel } of left) {
      this.#ledger.hold(parcel.lease, { reason, ...(afterMs !== undefined && { afterMs }) });
    }
  }
}
