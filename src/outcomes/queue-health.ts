// Whether this isolate's claims reach the queue. Pure. A session keeps its records without one, but
// nobody comes for them: that must not look healthy.
import { DEGRADED_AFTER_MS, type HealthProblem } from "./health-status.ts";

export class QueueHealth {
  readonly #bound: boolean;
  #failingSince: number | undefined;

  /** @param bound Is there a queue at all? */
  constructor(bound: boolean) {
    this.#bound = bound;
  }

  sent(): void {
    this.#failingSince = undefined;
  }

  failed(now: number): void {
    this.#failingSince ??= now;
  }

  /** `queue_missing` at once, `queue_unavailable` once it has lasted. */
  problem(now: number): HealthProblem | undefined {
    if (!this.#bound) return { code: "queue_missing" };
    const since = this.#failingSince;
    if (since === undefined || now - since < DEGRADED_AFTER_MS) return undefined;
    return { code: "queue_unavailable", since };
  }
}
