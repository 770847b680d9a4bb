// The early end of a kind's posts: failures in a row, against the proof that some pass. No I/O, no clock.
// A Langfuse that is down sees few requests; records that are at fault do not end what goes well.

/** The way a kind may be posted, as health knows it. */
export interface KindPlan {
  /** Sessions have requests of their own: a request failed lately. */
  apart: boolean;
  /** Something of the kind was taken a moment ago. */
  proven: boolean;
  /** Langfuse takes others, and answers them far sooner than a probe is given up. */
  quick?: true;
  /** This isolate has not heard of a POST of the kind yet. */
  fresh?: true;
  /** Nothing has failed yet: each POST has its whole time. */
  patient?: boolean;
}

/** Failures in a row that end a run: while nothing is known to pass … */
const FAILURES_UNPROVEN = 4;
/** … and while something does. */
const FAILURES_PROVEN = 8;
/** Records that were set aside before, and that may fail while nothing is known to pass: each has failed often. */
const EARLIER_UNPROVEN = 1;

export class StopRule {
  /** A further post now would meet the same failure. */
  stopped = false;
  passedInRow = 0;
  readonly #plan: KindPlan;
  #delivered = false;
  #failedInRow = 0;
  /** Failures in a row of records that were set aside before: they say nothing of others. */
  #earlierFailed = 0;

  constructor(plan: KindPlan) {
    this.#plan = plan;
  }

  /** Something shows that Langfuse takes records of the kind. */
  get isProven(): boolean {
    return this.#delivered || (this.#plan.apart && this.#plan.proven);
  }

  /** Failures in a row that end the run. */
  get limit(): number {
    if (this.isProven) return FAILURES_PROVEN;
    return this.#plan.apart ? FAILURES_UNPROVEN : 1;
  }

  /** Failures in a row of records set aside before that end the tries of such records. */
  get earlierLimit(): number {
    return this.#delivered || this.#plan.proven ? FAILURES_PROVEN : EARLIER_UNPROVEN;
  }

  /** A record that was set aside before may be tried now. */
  get triesEarlier(): boolean {
    return this.#earlierFailed < this.earlierLimit;
  }

  passed(): void {
    this.#delivered = true;
    this.#failedInRow = 0;
    this.#earlierFailed = 0;
    this.passedInRow += 1;
  }

  /** @param weight of a failure that cost less than others */
  failed(weight = 1): void {
    this.#failedInRow += weight;
    this.passedInRow = 0;
  }

  earlierFailed(): void {
    this.#earlierFailed += 1;
  }

  /** Too many have failed in a row. */
  isSpent(): boolean {
    return this.#failedInRow >= this.limit;
  }
}
