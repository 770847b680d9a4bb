// The time of one request, its answer's body included. An isolate that stands still, on a machine that is out of
// breath, finds an answer and the end of its time at once when it goes on: then the answer comes first.

/** A timer so late was not run by an isolate that did anything. */
const LATE_MS = 1_000;
/** Then what came meanwhile has this long to be read. */
const CATCH_UP_MS = 250;

export class TimeLimit {
  readonly #controller = new AbortController();
  readonly #now: () => number;
  /** Epoch ms. */
  readonly #endsAt: number;
  #timer: ReturnType<typeof setTimeout>;

  constructor(ms: number, now: () => number) {
    this.#now = now;
    this.#endsAt = now() + ms;
    this.#timer = setTimeout(() => this.#rings(), ms);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Nothing may be sent any more, whether or not the timer has come round to say so. */
  get isOver(): boolean {
    return this.signal.aborted || this.#now() >= this.#endsAt;
  }

  /** The request is over. */
  clear(): void {
    clearTimeout(this.#timer);
  }

  #rings(): void {
    if (this.#now() < this.#endsAt + LATE_MS) this.#abort();
    else this.#timer = setTimeout(() => this.#abort(), CATCH_UP_MS);
  }

  #abort(): void {
    this.#controller.abort(new DOMException("timed out", "TimeoutError"));
  }
}
