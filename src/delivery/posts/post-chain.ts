// Requests posted one after the other, each after what the one before it made necessary: parts, samples, or an
// end. It asks before each POST whether it may be made, and settles after it; what an answer means is decided
// elsewhere.
import { POST_TIMEOUT_MS } from "../../protocol/delivery-times.ts";
import { type Batch, batchBytes, type EncodedRecord, halvesByBytes } from "./pack.ts";
import type { PassRoom, SentVerdict } from "./pass-room.ts";
import { timeoutFor } from "./probe.ts";

/** The state of things when a request was sent. */
export interface Sent {
  timeoutMs: number;
  /** Others of the kind had been taken by then. */
  hadProof: boolean;
  /** At one moment with others: whoever posted it goes on with the records of one that holds several. */
  atOnce: boolean;
}

export interface ChainDecisions {
  /** Nothing shows that Langfuse takes any, or another record of the session has just shown it. */
  isProbe: (batch: Batch) => boolean;
  /** Nothing more may be posted. */
  ends: () => boolean;
  /** Called after each answer, before it is decided about. */
  answered: (batch: Batch, verdict: SentVerdict, sent: Sent) => Promise<void>;
  /** The requests that an answer makes necessary. */
  decide: (batch: Batch, verdict: SentVerdict, sent: Sent) => readonly Batch[];
  /** Others of the kind were taken in this run. */
  hasProof: () => boolean;
  /** Records taken out of the work, to be posted first. */
  samples: (work: Batch[]) => Batch[];
  /** Judges records that were not taken, as far as that can be done. */
  judge: () => Promise<void>;
  /** Leaves records untried. */
  leave: (records: readonly EncodedRecord[]) => void;
}

/** Requests that were posted at one moment. */
export interface AtOnce {
  /** The last of them was taken. */
  lastTaken: Promise<boolean>;
  /** All have their answers. */
  answered: Promise<unknown>;
  /** All have their answers, and all is posted that these made necessary. */
  done: Promise<unknown>;
}

export class PostChain {
  readonly #room: PassRoom;
  readonly #decisions: ChainDecisions;
  /** Larger batches are split unposted: twice as large was too large. */
  #largest = Number.POSITIVE_INFINITY;

  constructor(room: PassRoom, decisions: ChainDecisions) {
    this.#room = room;
    this.#decisions = decisions;
  }

  /** Posts one after the other; true where all of them passed. */
  async post(work: Batch[]): Promise<boolean> {
    const { ends, judge, leave } = this.#decisions;
    const { slots, settle } = this.#room;
    let allPassed = true;
    let goesOn = true;
    while (goesOn && work.length > 0 && !ends()) {
      await slots.take();
      try {
        // Others may have ended it meanwhile.
        const verdict = ends() ? undefined : await this.#postNext(work);
        goesOn = verdict !== undefined;
        allPassed &&= verdict === undefined || verdict === "split" || verdict.kind === "delivered";
      } finally {
        slots.release();
      }
      await judge();
      await settle();
    }
    leave(work.flatMap(({ records }) => records));
    return allPassed;
  }

  /**
   * Posts all of these at one moment, so that they meet the same Langfuse; then, for each by itself, what its answer
   * makes necessary.
   */
  async postAtOnce(batches: readonly Batch[]): Promise<AtOnce> {
    const { slots } = this.#room;
    await slots.take(batches.length);
    const posts = batches.map((batch) => {
      const work = [batch];
      return { work, answer: this.#postOne(work) };
    });
    const done = Promise.all(
      posts.map(async ({ work, answer }) => {
        await answer;
        await this.#decisions.judge();
        await this.#room.settle();
        await this.post(work);
      }),
    );
    const answers = posts.map(({ answer }) => answer);
    return {
      lastTaken: answers.at(-1) ?? Promise.resolve(false),
      answered: Promise.all(answers),
      done,
    };
  }

  /** Posts the first batch of the work in a slot that was taken for it; true where it was taken. */
  async #postOne(work: Batch[]): Promise<boolean> {
    try {
      const verdict = this.#decisions.ends() ? undefined : await this.#postNext(work, true);
      return typeof verdict === "object" && verdict.kind === "delivered";
    } finally {
      this.#room.slots.release();
    }
  }

  /** Posts the first batch of the work, or splits it; undefined where no post is left. */
  async #postNext(work: Batch[], atOnce = false): Promise<SentVerdict | "split" | undefined> {
    const next = work.shift();
    if (next === undefined) return undefined;
    const timeoutMs = this.#timeoutFor(next);
    const batch = this.#room.admitted(next, timeoutMs);
    if (batch.records.length === 0) return "split";
    if (batch.records.length > 1 && batchBytes(batch) > this.#largest) {
      work.unshift(...halvesByBytes(batch));
      return "split";
    }
    const sent: Sent = { timeoutMs, hadProof: this.#decisions.hasProof(), atOnce };
    const { outcomes } = this.#room;
    const verdict = await this.#room.post(batch, timeoutMs);
    if (verdict === undefined) {
      work.unshift(batch);
      return undefined;
    }
    await this.#decisions.answered(batch, verdict, sent);
    const parts = this.#decisions.decide(batch, verdict, sent);
    outcomes.answered(batch.records);
    if (verdict.kind === "too_large" && parts.length > 0) {
      this.#largest = Math.min(this.#largest, Math.max(...parts.map(batchBytes)));
    }
    work.unshift(...parts);
    work.unshift(...this.#decisions.samples(work));
    return verdict;
  }

  #timeoutFor(batch: Batch): number {
    const { triesOf, earlierOf, hasTime } = this.#room;
    const { kind, records } = batch;
    return timeoutFor({
      isProbe: this.#decisions.isProbe(batch),
      tries: records.map(({ lease }) => triesOf(lease, kind)),
      setAsideBefore: records.some((record) => earlierOf(record) !== undefined),
      hasTime: () => hasTime(batch, POST_TIMEOUT_MS),
    });
  }
}
