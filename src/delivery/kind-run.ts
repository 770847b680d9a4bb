// The posts of one kind in a pass, and the outcome of each record. While all goes well, sessions share
// requests, and the first failure ends it: a Langfuse that is down sees one request. After a failure sessions
// are posted apart, a few side by side: what passes is delivered and shows that the rest is at fault by its
// content; while nothing passes, a few failures end it.
// Invariants: no record dies that was not refused, or did not fail, alone; once the rest of a lease's kind
// is left, nothing of it is posted.
import type { Verdict } from "../langfuse/classify.ts";
import type { WireKind } from "../langfuse/encode.ts";
import { POST_TIMEOUT_MS } from "../protocol/delivery-times.ts";
import { type Lanes, postApart, postSetAside } from "./apart.ts";
import type { NotTaken } from "./blame.ts";
import { type Failing, type Failure, failureOf } from "./failure.ts";
import { judge } from "./judge.ts";
import { type Batch, batchBytes, type EncodedRecord, halvesByBytes, pack } from "./pack.ts";
import { KindOutcomes } from "./kind-outcomes.ts";
import type { PassRoom } from "./pass-room.ts";
import { failureWeight, timeoutFor } from "./probe.ts";
import { repeatedWords, Sampling } from "./sampling.ts";
import { type KindPlan, StopRule } from "./stop-rule.ts";
import { afterFailure, aloneIn, type Effects, effectsOf } from "./verdict-effects.ts";

export class KindRun {
  readonly outcomes: KindOutcomes;
  readonly #plan: KindPlan;
  readonly #room: PassRoom;
  readonly #rule: StopRule;
  readonly #sampling = new Sampling();
  /** Records that are still to be judged. */
  readonly #notTaken: NotTaken[] = [];
  /** Larger batches are split unposted: twice as large was too large. */
  #largest = Number.POSITIVE_INFINITY;

  constructor(kind: WireKind, plan: KindPlan, room: PassRoom) {
    this.#plan = plan;
    this.#room = room;
    this.outcomes = new KindOutcomes(kind, room.outcomes);
    this.#rule = new StopRule(plan);
  }

  /** A further post now would meet the same failure. */
  get stopped(): boolean {
    return this.#rule.stopped;
  }

  async run(records: readonly EncodedRecord[]): Promise<void> {
    const { earlierOf, limits } = this.#room;
    const setAside = records.filter((record) => earlierOf(record) !== undefined);
    const others = setAside.length > 0 ? records.filter((one) => !setAside.includes(one)) : records;
    if (this.#plan.apart) await postApart(others, this.#lanes());
    else await this.#chain(pack(others, limits));
    await postSetAside(setAside, this.#lanes());
    await this.#judge();
    await this.#room.settle();
  }

  #lanes(): Lanes {
    return {
      kind: this.outcomes.kind,
      room: this.#room,
      rule: this.#rule,
      chain: (work) => this.#chain(work),
      ends: () => this.#ends(),
      leave: (records) => this.#leave(records),
    };
  }

  /** Posts one after the other; whether all of them passed. */
  async #chain(work: Batch[]): Promise<boolean> {
    let allPassed = true;
    let goesOn = true;
    while (goesOn && work.length > 0 && !this.#ends()) {
      await this.#room.slots.take();
      try {
        // Others may have ended it meanwhile.
        const verdict = this.#ends() ? undefined : await this.#postNext(work);
        goesOn = verdict !== undefined;
        allPassed &&= verdict === undefined || verdict === "split" || verdict.kind === "delivered";
      } finally {
        this.#room.slots.release();
      }
      // No later answer can change the judgement once others were taken: the leases need not wait for the end.
      if (this.outcomes.delivered > 0) await this.#judge();
      await this.#room.settle();
    }
    this.#leave(work.flatMap(({ records }) => records));
    return allPassed;
  }

  /** Posts the first batch of the work, or splits it; undefined where no post is left. */
  async #postNext(work: Batch[]): Promise<Verdict | "split" | undefined> {
    const next = work.shift();
    if (next === undefined) return undefined;
    const timeoutMs = this.#timeoutFor(next);
    const batch = this.#room.admitted(next, timeoutMs);
    if (batch.records.length === 0) return "split";
    if (batch.records.length > 1 && batchBytes(batch) > this.#largest) {
      work.unshift(...halvesByBytes(batch));
      return "split";
    }
    const answer = this.#room.post(batch, timeoutMs);
    if (answer === undefined) {
      work.unshift(batch);
      return undefined;
    }
    const verdict = await answer;
    work.unshift(...this.#decide(batch, verdict, timeoutMs));
    this.#sample(work);
    return verdict;
  }

  #timeoutFor(batch: Batch): number {
    const { triesOf, earlierOf, hasTime } = this.#room;
    const { kind, records } = batch;
    return timeoutFor({
      unproven: this.#plan.apart && !this.#rule.isProven,
      tries: records.map(({ lease }) => triesOf(lease, kind)),
      setAsideBefore: records.some((record) => earlierOf(record) !== undefined),
      hasTime: () => hasTime(batch, POST_TIMEOUT_MS),
    });
  }

  /** The requests that this answer makes necessary. */
  #decide(batch: Batch, verdict: Verdict, timeoutMs: number): readonly Batch[] {
    switch (verdict.kind) {
      case "keys":
      case "wrong_url":
      case "later":
      case "unknown":
        return this.#fail(batch, verdict, timeoutMs);
      case "delivered":
      case "partly":
      case "rejected":
      case "too_large":
      case "bad_request": {
        const effects = effectsOf(batch, verdict);
        if (verdict.kind === "partly" && effects.delivered.length === 0) this.#rule.failed();
        if (verdict.kind === "too_large") this.#tooLarge(effects, verdict.message);
        if (effects.delivered.length > 0) this.#rule.passed();
        this.outcomes.deliver(effects.delivered);
        for (const one of effects.notTaken) this.#notTake(one);
        return effects.parts;
      }
    }
  }

  #tooLarge({ tooLarge, parts }: Effects, message: string): void {
    if (tooLarge === undefined) {
      this.#largest = Math.min(this.#largest, Math.max(...parts.map(batchBytes)));
    } else this.outcomes.markDead(tooLarge, { reason: "too_large", message });
  }

  /** A request that failed, and nobody says whether its content is at fault. */
  #fail(batch: Batch, verdict: Failing, timeoutMs: number): readonly Batch[] {
    const failure = failureOf(verdict);
    const alone = aloneIn(batch);
    const setAsideBefore = alone !== undefined && this.#room.earlierOf(alone) !== undefined;
    if (failure.class === "rate_limited") this.#room.limited = failure;
    else if (setAsideBefore) this.#rule.earlierFailed();
    else this.#countFailure(failure, failureWeight(failure, timeoutMs));
    const after = afterFailure(batch, failure, {
      setAsideBefore,
      apart: this.#plan.apart,
      proven: this.#rule.isProven,
      stopped: this.#rule.stopped,
    });
    if (after === "defer") this.outcomes.defer(batch.records, failure);
    else if (after !== "not_taken") return after;
    else if (alone !== undefined) {
      const { message } = verdict;
      this.#notTake({ record: alone, how: "failed", about: "unsaid", failure, message });
    }
    return [];
  }

  /** Its fault is judged once others were taken, or at the end. */
  #notTake(one: NotTaken): void {
    this.#notTaken.push(one);
    this.outcomes.suspend(one);
    if (one.how === "failed" || one.about === "record" || this.outcomes.delivered > 0) return;
    if (this.#room.earlierOf(one.record) !== undefined) this.#rule.earlierFailed();
    else if (this.#plan.apart) this.#countFailure(one.failure);
    else {
      this.#sampling.refused();
      if (this.#sampling.blamesRequest) this.#stop(one.failure);
    }
  }

  #sample(work: Batch[]): void {
    if (this.#plan.apart || this.outcomes.delivered > 0) return;
    work.unshift(...this.#sampling.begin(work, this.#notTaken));
    const message = repeatedWords(this.#notTaken) ?? "";
    if (this.#sampling.blamesRequest) this.#stop({ class: "request_refused", message });
  }

  /** Finds the fault of each record that was not taken alone. */
  async #judge(): Promise<void> {
    const { outcomes } = this;
    const { earlierOf, provenSince, now } = this.#room;
    for (const one of this.#notTaken.splice(0)) {
      const { blame, ...dead } = await judge(one, {
        delivered: outcomes.delivered > 0,
        proven: this.#plan.proven,
        provenSince: (lease) => provenSince(lease, outcomes.kind),
        earlierOf,
        now,
      });
      if (blame === "dead") outcomes.markDead(one.record, dead);
      else if (blame === "set_aside") outcomes.setRecordAside(one);
      else outcomes.release(one);
    }
  }

  #leave(records: readonly EncodedRecord[]): void {
    const reason = this.#ends() ? "not_tried" : "pass_full";
    this.outcomes.leave(records, reason, this.#room.limited);
  }

  #countFailure(failure: Failure, weight?: number): void {
    this.#rule.failed(weight);
    if (this.#rule.isSpent()) this.#stop(failure);
  }

  #stop(failure: Failure): void {
    this.#rule.stopped = true;
    // So many failures in a row are reported, also where something is proven to pass.
    this.outcomes.failure ??= failure;
  }

  #ends(): boolean {
    return this.#rule.stopped || this.#room.limited !== undefined;
  }
}
