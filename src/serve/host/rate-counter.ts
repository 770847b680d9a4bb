// Counts requests by key in a sliding window, in the place of the platform's counters. Pure: `now` is an argument.
// Two fixed windows stand for the sliding one: of the one before, the share that it still reaches into counts.

/**
 * Keys of one window, about 100 bytes each. More of them than one machine can serve in that time are let through
 * uncounted: to refuse those that came last would lock out others.
 */
const MAX_KEYS = 100_000;

export class RateCounter {
  readonly #requests: number;
  readonly #periodMs: number;
  #window = Number.NEGATIVE_INFINITY;
  #counts = new Map<string, number>();
  #before = new Map<string, number>();

  constructor({ requests, seconds }: { requests: number; seconds: number }) {
    this.#requests = requests;
    this.#periodMs = seconds * 1000;
  }

  /** Whether one more is allowed; only then it is counted. `now`: epoch ms. */
  allows(key: string, now: number): boolean {
    const window = Math.floor(now / this.#periodMs);
    if (window !== this.#window) {
      this.#before = window === this.#window + 1 ? this.#counts : new Map();
      this.#counts = new Map();
      this.#window = window;
    }
    const share = 1 - (now - window * this.#periodMs) / this.#periodMs;
    const count = this.#counts.get(key);
    const used = (count ?? 0) + (this.#before.get(key) ?? 0) * share;
    if (used + 1 > this.#requests) return false;
    if (count !== undefined || this.#counts.size < MAX_KEYS)
      this.#counts.set(key, (count ?? 0) + 1);
    return true;
  }
}
