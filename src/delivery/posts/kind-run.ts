// The posts of one kind in a pass, and the outcome of each record. While all goes well, sessions share
// requests, and the first failure ends it: a Langfuse that is down sees one request. After a failure sessions
// are posted apart, a few side by side: what passes is delivered and shows that the rest is at fault by its
// content; while nothing passes, a few failures end it.
// Invariants: no record dies that was not refused, or did not fail, alone; once the rest of a lease's kind
// is left, nothing of it is posted; a record that fails alone holds up those behind it (keep-order.ts).
import type { WireKind } from "../../langfuse/encode.ts";
import { type Lanes, postApart, postSetAside } from "./apart.ts";
import { mayBeTheMoment, type NotTaken } from "./judging/blame.ts";
import { type Failing, type Failure, failureOf } from "./failure.ts";
import { NotTakenRecords } from "./judging/not-taken.ts";
import { type Batch, type EncodedRecord, pack, packGrowing } from "./pack.ts";
import { KindOutcomes } from "../settling/kind-outcomes.ts";
import type { PassRoom, SentVerdict } from "./pass-room.ts";
import { PostChain, type Sent } from "./post-chain.ts";
import { failureWeight } from "./probe.ts";
import { RunOrder } from "./run-order.ts";
import { repeatedWords, Sampling } from "./judging/sampling.ts";
import { type KindPlan, StopRule } from "./stop-rule.ts";
import { afterFailure, aloneIn, type Effects, effectsOf } from "./verdict-effects.ts";

export class KindRun {
  readonly outcomes: KindOutcomes;
  readonly #plan: KindPlan;
  readonly #room: PassRoom;
  readonly #rule: StopRule;
  readonly #chain: PostChain;
  readonly #sampling = new Sampling();
  readonly #order: RunOrder;
  readonly #notTaken: NotTakenRecords;

  constructor(kind: WireKind, plan: KindPlan, room: PassRoom) {
    this.#plan = plan;
    this.#room = room;
    this.outcomes = new KindOutcomes(kind, room.outcomes);
    this.#rule = new StopRule(plan);
    this.#order = new RunOrder(kind, plan, room);
    this.#notTaken = new NotTakenRecords(plan, room, this.#order, this.outcomes);
    this.#chain = new PostChain(room, {
      isProbe: (batch) => this.#isProbe(batch),
      ends: () => this.#ends(),
      answered: async ({ records }, verdict) => {
        const hung = verdict.kind === "later" && verdict.cause === "timeout";
        if (hung && records.length === 1) await this.#order.learnAgain();
      },
      decide: (batch, verdict, sent) => this.#decide(batch, verdict, sent),
      hasProof: () => this.outcomes.delivered > 0,
      samples: (work) => this.#samples(work),
      judge: () => this.#judgeWhereProven(),
      leave: (records) => this.#leave(records),
    });
  }

  /** A further post now would meet the same failure. */
  get stopped(): boolean {
    return this.#rule.stopped;
  }

  async run(records: readonly EncodedRecord[]): Promise<void> {
    const { earlierOf, limits } = this.#room;
    const setAside = records.filter((record) => earlierOf(record) !== undefined);
    const others = setAside.length > 0 ? records.filter((one) => !setAside.includes(one)) : records;
    await this.#order.learn(records);
    if (this.#plan.apart) await postApart(others, this.#lanes());
    else await this.#chain.post((this.#plan.fresh ? packGrowing : pack)(others, limits));
    await postSetAside(setAside, this.#lanes());
    await this.#notTaken.judge();
    await this.#room.settle();
  }

  /** A POST that need not have all the time there is, since it will hang or be answered soon as far as is known. */
  #isProbe({ records }: Batch): boolean {
    if (records.some((record) => this.#order.isProbed(record))) return true;
    if (!this.#plan.apart) return false;
    const { triesOf, isKnown } = this.#room;
    const areSuspected = records.every(
      ({ lease, kind }) => triesOf(lease, kind) > 0 || !isKnown(lease, kind),
    );
    if (this.#plan.quick === true && areSuspected) return true;
    return this.#plan.patient !== true && !this.#rule.isProven;
  }

  #lanes(): Lanes {
    return {
      probe: (records, tries, width) =>
        this.outcomes.delivered > 0 ? undefined : this.#order.probe(records, tries, width),
      hasProof: () => this.outcomes.delivered > 0,
      kind: this.outcomes.kind,
      room: this.#room,
      rule: this.#rule,
      chain: (work) => this.#chain.post(work),
      atOnce: (batches) => this.#chain.postAtOnce(batches),
      ends: () => this.#ends(),
      leave: (records) => this.#leave(records),
    };
  }

  /** The requests that this answer makes necessary. */
  #decide(batch: Batch, verdict: SentVerdict, sent: Sent): readonly Batch[] {
    const { hadProof } = sent;
    switch (verdict.kind) {
      case "keys":
      case "wrong_url":
      case "later":
      case "unknown":
        return this.#fail(batch, verdict, sent);
      case "delivered":
      case "partly":
      case "rejected":
      case "too_large":
      case "bad_request": {
        const effects = effectsOf(batch, verdict);
        if (verdict.kind === "partly" && effects.delivered.length === 0) this.#rule.failed();
        if (verdict.kind === "too_large") this.#tooLarge(effects, verdict.message);
        if (effects.delivered.length > 0) this.#rule.passed();
        const isFirst = effects.delivered.length > 0 && this.outcomes.delivered === 0;
        const again = isFirst ? this.#notTaken.takeEarly().map(batchOf) : [];
        this.outcomes.deliver(effects.delivered);
        for (const one of effects.notTaken) {
          if (this.outcomes.delivered > 0 && !hadProof && mayBeTheMoment(one)) {
            again.push(batchOf(one.record));
          } else this.#notTake({ ...one, hadProof });
        }
        return [...effects.parts, ...again];
      }
    }
  }

  #tooLarge({ tooLarge: record }: Effects, message: string): void {
    if (record) this.outcomes.markDead(record, { reason: "too_large", message });
  }

  /** A request that failed, and nobody says whether its content is at fault. */
  #fail(batch: Batch, verdict: Failing, sent: Sent): readonly Batch[] {
    const failure = failureOf(verdict);
    const alone = aloneIn(batch);
    const setAsideBefore = alone !== undefined && this.#room.earlierOf(alone) !== undefined;
    if (failure.class === "rate_limited") this.#room.limited = failure;
    else if (setAsideBefore) this.#rule.earlierFailed();
    else this.#countFailure(failure, failureWeight(failure, sent.timeoutMs));
    if (!setAsideBefore) this.outcomes.failed(batch.records);
    const { message } = verdict;
    const { hadProof } = sent;
    const how = { how: "failed", about: "unsaid", failure, message, hadProof } as const;
    if (sent.atOnce && alone === undefined && this.outcomes.delivered > 0) {
      return this.#failTogether(batch, failure, sent);
    }
    if (this.#isProbedUnproven(batch, failure, sent)) {
      if (this.outcomes.delivered > 0 && alone)
        return this.#failBeside(batch, { record: alone, ...how }, sent);
      for (const record of batch.records) this.#notTake({ record, ...how });
      return [];
    }
    const after = afterFailure(batch, failure, {
      setAsideBefore,
      apart: this.#plan.apart,
      proven: this.#rule.isProven,
      stopped: this.#rule.stopped,
    });
    if (after === "defer") this.outcomes.defer(batch.records, failure);
    else if (after !== "not_taken") return after;
    else if (alone !== undefined) this.#failAlone({ record: alone, ...how });
    return [];
  }

  /** Others of the session were taken at the same moment: its records are told apart while there is time. */
  #failTogether(batch: Batch, failure: Failure, { timeoutMs }: Sent): readonly Batch[] {
    const isLimited = failure.class === "rate_limited";
    if (isLimited || !this.#room.hasTime(batch, timeoutMs)) {
      this.outcomes.defer(batch.records, failure);
    }
    return [];
  }

  /** Another record of the session was taken at the same moment: once more alone, or the next time. */
  #failBeside(batch: Batch, failed: NotTaken, { timeoutMs }: Sent): readonly Batch[] {
    if (this.#room.hasTime(batch, timeoutMs)) return [batch];
    const one = { ...failed, hadProof: true };
    if (this.#order.makesWay(one)) this.#notTake(one);
    else this.outcomes.holdUp(one, true);
    return [];
  }

  /** Records of the session that is probed, posted when nothing was known to pass: judged by what passes now. */
  #isProbedUnproven({ records }: Batch, failure: Failure, { hadProof }: Sent): boolean {
    const areProbed = records.every((record) => this.#order.isProbed(record));
    return areProbed && !hadProof && failure.class !== "rate_limited";
  }

  #failAlone(one: NotTaken): void {
    if (this.#order.isProbed(one.record) || this.#order.makesWay(one)) this.#notTake(one);
    else this.outcomes.holdUp(one, this.#order.evidence(one).othersTaken);
  }

  /** Its fault is judged once others were taken, or at the end. */
  #notTake(one: NotTaken): void {
    this.#notTaken.add(one);
    if (one.how === "failed" || one.about === "record" || this.outcomes.delivered > 0) return;
    if (this.#room.earlierOf(one.record) !== undefined) this.#rule.earlierFailed();
    else if (this.#plan.apart) this.#countFailure(one.failure);
    else {
      this.#sampling.refused();
      if (this.#sampling.blamesRequest) this.#stop(one.failure);
    }
  }

  #samples(work: Batch[]): Batch[] {
    if (this.#plan.apart || this.outcomes.delivered > 0) return [];
    const samples = this.#sampling.begin(work, this.#notTaken.all);
    const message = repeatedWords(this.#notTaken.all) ?? "";
    if (this.#sampling.blamesRequest) this.#stop({ class: "request_refused", message });
    return samples;
  }

  /** No later answer can change a judgement once others were taken: leases need not wait for the end. */
  async #judgeWhereProven(): Promise<void> {
    if (this.outcomes.delivered > 0) await this.#notTaken.judge();
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

function batchOf(record: EncodedRecord): Batch {
  return { kind: record.kind, records: [record] };
}
