// Claims on their way to a consumer: some can go at once, some not before a time. Pure: `now` is an argument.
// They are kept in memory alone. A claim is a hint, and one that is lost with the process is made again by the
// object's alarm.

export interface BatchRule {
  /** Most claims of a batch. */
  size: number;
  /** A claim waits so long for others, ms. */
  waitMs: number;
}

/** Delayed claims are kept together by this step, so that a thousand of them are a few entries. */
const STEP_MS = 100;

export class WaitingClaims {
  readonly #rule: BatchRule;
  /** Can go, in the order in which they came. */
  #ready: unknown[] = [];
  /** When the first of those came, epoch ms. */
  #since = 0;
  /** By the time from which on they can go, epoch ms. */
  readonly #later = new Map<number, unknown[]>();

  constructor(rule: BatchRule) {
    this.#rule = rule;
  }

  add(bodies: readonly unknown[], delayMs: number, now: number): void {
    if (delayMs <= 0) {
      this.#append(bodies, now);
      return;
    }
    const at = Math.ceil((now + delayMs) / STEP_MS) * STEP_MS;
    const there = this.#later.get(at);
    if (there === undefined) this.#later.set(at, [...bodies]);
    else for (const body of bodies) there.push(body);
  }

  /** The next batch, if one is due. `hurry`: whatever is there is due, but for what was delayed. */
  take(now: number, hurry = false): unknown[] | undefined {
    for (const [at, bodies] of this.#later) {
      if (at > now) continue;
      this.#later.delete(at);
      this.#append(bodies, at);
    }
    const { size, waitMs } = this.#rule;
    if (this.#ready.length === 0) return undefined;
    if (!hurry && this.#ready.length < size && now < this.#since + waitMs) return undefined;
    const batch = this.#ready.slice(0, size);
    this.#ready = this.#ready.slice(size);
    return batch;
  }

  /** When there may be a batch next, epoch ms; undefined where nothing waits. */
  nextAt(): number | undefined {
    const times = [...this.#later.keys()];
    if (this.#ready.length >= this.#rule.size) times.push(this.#since);
    else if (this.#ready.length > 0) times.push(this.#since + this.#rule.waitMs);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  #append(bodies: readonly unknown[], now: number): void {
    if (this.#ready.length === 0) this.#since = now;
    for (const body of bodies) this.#ready.push(body);
  }
}
