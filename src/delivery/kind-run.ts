// The posts of one kind in a pass, and what becomes of each record. While all goes well, sessions share
// requests, and the first failure ends it: a Langfuse that is down sees one request. After a failure sessions
// are posted apart, a few side by side: what passes is delivered and shows that the rest is at fault by its
// content; while nothing passes, a few failures end it.
// Invariants: nothing is buried that was not refused, or did not fail, alone; once the rest of a lease's kind
// is left, nothing of it is posted.
import type { Rejection, Verdict } from "../langfuse/classify.ts";
import type { WireKind } from "../langfuse/encode.ts";
import { blame, type Earlier, type NotTaken, type Proof, story } from "./blame.ts";
import { type Failing, type Failure, failureOf, failureOfEvent } from "./failure.ts";
import { areSingle, type Candidate, groupSize, inOrder, rotated, takeGroup } from "./grouping.ts";
import type { LeaseOutcomes } from "./lease-outcomes.ts";
import {
  type Batch,
  batchBytes,
  halvesByBytes,
  halvesByCount,
  halvesByLease,
  leasesOf,
  pack,
  type PackLimits,
  type EncodedRecord,
  takeSamples,
} from "./pack.ts";

/** How a kind may be posted, as health knows it. */
export interface KindPlan {
  /** Sessions have requests of their own: a request failed lately. */
  apart: boolean;
  /** Something of the kind was taken a moment ago. */
  proven: boolean;
}

/** What a run needs of the pass that it is part of. */
export interface PassRoom {
  ledger: LeaseOutcomes;
  limits: PackLimits | undefined;
  /** Posts, where there are posts left; undefined where there are none. */
  post: (batch: Batch) => Promise<Verdict> | undefined;
  /** Leaves what may not be posted any more; what of the batch may. */
  admitted: (batch: Batch) => Batch;
  /** Settles what is finished. */
  settle: () => Promise<void>;
  triesOf: (lease: number, kind: WireKind) => number;
  /** Langfuse has taken something of the session before. */
  isKnown: (lease: number) => boolean;
  earlierOf: (parcel: EncodedRecord) => Earlier | undefined;
  /** Whether something of the kind was taken since the lease's try before this one. */
  provenSince: (lease: number, kind: WireKind) => Promise<boolean>;
  random: () => number;
  now: () => number;
  /** Langfuse limits requests: no path may be tried. */
  limited?: Failure;
}

/** Posts side by side, of a Worker's six connections … */
const POSTS_AT_ONCE = 4;
/** … and failures in a row that end a run: while nothing is known to pass … */
const FAILURES_UNPROVEN = 4;
/** … and while something does. */
const FAILURES_PROVEN = 8;
/** Records from elsewhere that are posted alone before the request itself is blamed. */
const SAMPLES = 3;

export class KindRun {
  readonly kind: WireKind;
  delivered = 0;
  dead = 0;
  setAside = 0;
  /** Why records were left whose content is not known to be at fault. */
  failure: Failure | undefined;
  /** Why the last record was set aside. */
  asideFailure: Failure | undefined;
  lastDead: { reason: string; message: string } | undefined;
  /** A further post now would meet the same failure. */
  stopped = false;
  readonly #plan: KindPlan;
  readonly #room: PassRoom;
  readonly #notTaken: NotTaken[] = [];
  #failedInRow = 0;
  #passedInRow = 0;
  /** Failures in a row of records that were set aside before: they say nothing of others. */
  #suspectsFailed = 0;
  /** Larger batches are split unposted: twice as large was too large. */
  #largest = Number.POSITIVE_INFINITY;
  /** Samples still to be posted before the request is blamed; undefined while nobody blames it. */
  #samples: number | undefined;

  constructor(kind: WireKind, plan: KindPlan, room: PassRoom) {
    this.kind = kind;
    this.#plan = plan;
    this.#room = room;
  }

  async run(parcels: readonly EncodedRecord[]): Promise<void> {
    const { earlierOf, limits } = this.#room;
    const suspects = parcels.filter((parcel) => earlierOf(parcel) !== undefined);
    const others = suspects.length > 0 ? parcels.filter((one) => !suspects.includes(one)) : parcels;
    if (this.#plan.apart) await this.#apart(others);
    else await this.#chain(pack(others, limits));
    await this.#suspected(suspects);
    await this.#judge();
  }

  /** Sessions apart, a few at once. */
  async #apart(parcels: readonly EncodedRecord[]): Promise<void> {
    const byLease = new Map<number, EncodedRecord[]>();
    for (const parcel of parcels) {
      const some = byLease.get(parcel.lease) ?? [];
      some.push(parcel);
      byLease.set(parcel.lease, some);
    }
    const { triesOf, isKnown, random, limits } = this.#room;
    const order = inOrder(
      Array.from(byLease.keys(), (lease) => ({
        lease,
        tries: triesOf(lease, this.kind),
        taken: isKnown(lease),
      })),
      random,
    );
    const parcelsOf = (group: readonly Candidate[]): EncodedRecord[] =>
      group.flatMap(({ lease }) => byLease.get(lease) ?? []);
    const lane = async (): Promise<void> => {
      while (!this.#ends()) {
        const group = takeGroup(order, this.#passedInRow);
        const [first] = group;
        if (first === undefined) return;
        if (areSingle(first.tries)) await this.#singly(parcelsOf(group), first.tries);
        else await this.#chain(pack(parcelsOf(group), limits));
      }
    };
    await Promise.all(Array.from({ length: Math.min(POSTS_AT_ONCE, this.#limit()) }, lane));
    this.#leave(parcelsOf(order));
  }

  /** Records that were set aside before, each alone, after all others. */
  async #suspected(suspects: readonly EncodedRecord[]): Promise<void> {
    const rest = [...suspects];
    const lane = async (): Promise<void> => {
      while (!this.#ends() && this.#suspectsFailed < this.#suspectLimit()) {
        const parcel = rest.shift();
        if (parcel === undefined) return;
        await this.#chain([{ kind: this.kind, parcels: [parcel] }]);
      }
    };
    const lanes = Math.min(POSTS_AT_ONCE, this.#suspectLimit());
    await Promise.all(Array.from({ length: lanes }, lane));
    this.#leave(rest);
  }

  #suspectLimit(): number {
    return this.delivered > 0 || this.#plan.proven ? FAILURES_PROVEN : FAILURES_UNPROVEN;
  }

  /** The records of a session that failed alone: one by one, until enough of them have passed. */
  async #singly(parcels: readonly EncodedRecord[], tries: number): Promise<void> {
    const rest = rotated(parcels, this.#isProven() ? 0 : tries);
    let passed = 0;
    while (rest.length > 0 && !this.#ends()) {
      const some = rest.splice(0, groupSize(passed, false));
      const well = await this.#chain(pack(some, this.#room.limits));
      passed = well ? passed + 1 : 0;
    }
    this.#leave(rest);
  }

  /** Posts one after the other; whether all of them passed. */
  async #chain(work: Batch[]): Promise<boolean> {
    let well = true;
    while (!this.#ends()) {
      const next = work.shift();
      if (next === undefined) break;
      const batch = this.#room.admitted(next);
      if (batch.parcels.length === 0) continue;
      if (batch.parcels.length > 1 && batchBytes(batch) > this.#largest) {
        work.unshift(...halvesByBytes(batch));
        continue;
      }
      const answer = this.#room.post(batch);
      if (answer === undefined) {
        work.unshift(batch);
        break;
      }
      const more = this.#decide(batch, await answer);
      well &&= more === undefined;
      work.unshift(...(more ?? []));
      this.#sample(work);
      await this.#room.settle();
    }
    this.#leave(work.flatMap(({ parcels }) => parcels));
    return well;
  }

  /** What has to be posted next because of this answer; undefined where the request passed. */
  #decide(batch: Batch, verdict: Verdict): Batch[] | undefined {
    const [first, second] = batch.parcels;
    const alone = second === undefined ? first : undefined;
    switch (verdict.kind) {
      case "delivered":
        this.#deliver(batch.parcels);
        return undefined;
      case "partly":
        return this.#settleEvents(batch, verdict.refused);
      case "rejected":
        return this.#rejected(batch, verdict);
      case "too_large": {
        if (alone) {
          this.#bury(alone, "too_large", verdict.message);
          return [];
        }
        const halves = halvesByBytes(batch);
        this.#largest = Math.min(this.#largest, Math.max(...halves.map(batchBytes)));
        return halves;
      }
      case "bad_request":
        if (!alone) return halvesByCount(batch);
        this.#refuse(alone, verdict.about, verdict.message);
        return [];
      case "keys":
      case "wrong_url":
      case "later":
      case "unknown":
        return this.#fail(batch, verdict);
    }
  }

  /** A request that failed, and nobody says whether its content is at fault. */
  #fail(batch: Batch, verdict: Failing): Batch[] {
    const failure = failureOf(verdict);
    if (failure.class === "rate_limited") {
      this.#room.limited = failure;
      this.#hold(batch.parcels, failure);
      return [];
    }
    const [first, second] = batch.parcels;
    const alone = second === undefined ? first : undefined;
    const { message } = verdict;
    if (alone !== undefined && this.#room.earlierOf(alone) !== undefined) {
      this.#suspectsFailed += 1;
      this.#notTake({ parcel: alone, how: "failed", about: "unsaid", failure, message });
      return [];
    }
    this.#failedInRow += 1;
    this.#passedInRow = 0;
    if (alone !== undefined && (this.#plan.apart || this.#isProven())) {
      this.#notTake({ parcel: alone, how: "failed", about: "unsaid", failure, message });
      this.#stopAtLimit(failure);
      return [];
    }
    this.#stopAtLimit(failure);
    // After a hang there is no time left to try parts: the sessions are tried apart the next time.
    const parts = this.#isProven() && !this.stopped && failure.class !== "timeout";
    if (!parts || second === undefined) {
      this.#hold(batch.parcels, failure);
      return [];
    }
    return leasesOf(batch).size > 1 ? halvesByLease(batch) : halvesByCount(batch);
  }

  /** An answer that speaks of each event: what it does not name was taken. */
  #settleEvents({ parcels }: Batch, refused: readonly Rejection[]): Batch[] {
    const byId = new Map(refused.map((refusal) => [refusal.id, refusal]));
    this.#deliver(parcels.filter(({ id }) => !byId.has(id)));
    for (const parcel of parcels) {
      const refusal = byId.get(parcel.id);
      if (refusal === undefined) continue;
      const { about, message, status } = refusal;
      if (about !== "moment") this.#refuse(parcel, about, message);
      else {
        const failure = failureOfEvent(status, message);
        this.#notTake({ parcel, how: "failed", about: "unsaid", failure, message });
      }
    }
    if (!parcels.some(({ id }) => !byId.has(id))) this.#failedInRow += 1;
    return [];
  }

  /**
   * A 2xx that did not take every span. The words may name them; else the parts are posted again, which
   * Langfuse knows for the same bytes: a span that was not taken must not count as delivered.
   */
  #rejected(batch: Batch, { count, message }: Extract<Verdict, { kind: "rejected" }>): Batch[] {
    const { parcels } = batch;
    const named = parcels.filter(({ id }) => message.includes(id));
    const guilty = parcels.length === 1 ? parcels : named.length === count ? named : undefined;
    if (guilty === undefined) return halvesByCount(batch);
    this.#deliver(parcels.filter((parcel) => !guilty.includes(parcel)));
    for (const parcel of guilty) this.#refuse(parcel, "record", message);
    return [];
  }

  #refuse(parcel: EncodedRecord, about: NotTaken["about"], message: string): void {
    const failure: Failure = { class: "request_refused", message };
    this.#notTake({ parcel, how: "refused", about, failure, message });
    if (about === "record" || this.delivered > 0) return;
    if (this.#room.earlierOf(parcel) !== undefined) {
      this.#suspectsFailed += 1;
      return;
    }
    if (this.#plan.apart) {
      this.#failedInRow += 1;
      this.#passedInRow = 0;
      this.#stopAtLimit(failure);
    } else if (this.#samples !== undefined) {
      this.#samples -= 1;
      if (this.#samples <= 0) this.#stop(failure);
    }
  }

  /**
   * Two records refused alone in the same words and nothing of their kind taken: before the request is
   * blamed for it, records from elsewhere are posted alone. Two bad neighbours are not everybody.
   */
  #sample(work: Batch[]): void {
    if (this.#plan.apart || this.#samples !== undefined || this.delivered > 0) return;
    const words = this.#notTaken
      .filter(({ how, about }) => how === "refused" && about !== "record")
      .map(({ message }) => message);
    if (new Set(words).size === words.length) return;
    const samples = takeSamples(work, SAMPLES);
    this.#samples = samples.length;
    if (samples.length === 0) this.#stop({ class: "request_refused", message: words[0] ?? "" });
    work.unshift(...samples);
  }

  /** At the end: whose fault it is that records were not taken alone. */
  async #judge(): Promise<void> {
    const { ledger, earlierOf, now } = this.#room;
    for (const one of this.#notTaken) {
      const { parcel, failure } = one;
      const earlier = earlierOf(parcel);
      const at = now();
      switch (blame(one, await this.#proofFor(one), earlier, at)) {
        case "dead":
          this.#bury(
            parcel,
            one.how === "refused" ? "refused" : "never_taken",
            story(one, earlier, at),
          );
          break;
        case "set_aside":
          this.setAside += 1;
          this.asideFailure = failure;
          ledger.setAside(parcel);
          break;
        case "left":
          ledger.release(parcel);
          this.#hold([parcel], failure);
          break;
      }
    }
    await this.#room.settle();
  }

  async #proofFor({ parcel, about }: NotTaken): Promise<Proof> {
    if (this.delivered > 0) return "now";
    if (about === "record") return "none";
    if (this.#plan.proven) return "lately";
    return (await this.#room.provenSince(parcel.lease, this.kind)) ? "lately" : "none";
  }

  #notTake(one: NotTaken): void {
    this.#notTaken.push(one);
    this.#room.ledger.suspend(one.parcel);
  }

  #deliver(parcels: readonly EncodedRecord[]): void {
    if (parcels.length === 0) return;
    this.#suspectsFailed = 0;
    this.delivered += parcels.length;
    this.#failedInRow = 0;
    this.#passedInRow += 1;
    for (const parcel of parcels) this.#room.ledger.deliver(parcel);
  }

  #bury({ lease, ordinal }: EncodedRecord, reason: string, message: string): void {
    this.dead += 1;
    this.lastDead = { reason, message };
    this.#room.ledger.markDead(lease, { ordinal, reason, message });
  }

  #hold(parcels: readonly EncodedRecord[], failure: Failure): void {
    this.failure ??= failure;
    const { class: reason } = failure;
    // What a shared request asked for, one of those that shared it may have brought about.
    const shared = new Set(parcels.map(({ lease }) => lease)).size > 1;
    const afterMs = shared && reason !== "rate_limited" ? undefined : failure.retryAfterMs;
    for (const { lease } of parcels) {
      this.#room.ledger.defer(lease, this.kind, {
        reason,
        ...(afterMs !== undefined && { afterMs }),
      });
    }
  }

  /** Leaves what was not tried. */
  #leave(parcels: readonly EncodedRecord[]): void {
    if (parcels.length === 0) return;
    const { limited, ledger } = this.#room;
    if (limited !== undefined) this.failure ??= limited;
    const afterMs = limited?.retryAfterMs;
    const left = {
      untried: true as const,
      reason: this.#ends() ? ("not_tried" as const) : ("pass_full" as const),
      ...(afterMs !== undefined && { afterMs }),
    };
    for (const { lease } of parcels) {
      if (!ledger.isHeld(lease, this.kind)) ledger.defer(lease, this.kind, left);
    }
  }

  #isProven(): boolean {
    return this.delivered > 0 || (this.#plan.apart && this.#plan.proven);
  }

  #limit(): number {
    if (this.#isProven()) return FAILURES_PROVEN;
    return this.#plan.apart ? FAILURES_UNPROVEN : 1;
  }

  #stopAtLimit(failure: Failure): void {
    if (this.#failedInRow >= this.#limit()) this.#stop(failure);
  }

  #stop(failure: Failure): void {
    this.stopped = true;
    // Whatever is proven: so many failures in a row are told as one.
    this.failure ??= failure;
  }

  #ends(): boolean {
    return this.stopped || this.#room.limited !== undefined;
  }
}
