// The calls to the one small object per project that knows how delivery is going.

/** What a consumer pass tells, once per batch and project. */
export interface HealthReport {
  /** Epoch ms. */
  at: number;
  delivered: number;
  dead: number;
  /** Class of the pass's failure, if it had one, e.g. `unauthorized`, `rate_limited`, `unreachable`. */
  failure?: { class: string; retryAfterMs?: number };
  /** Records left pending, by object: an object with nothing left is told with 0. */
  pending: [object: string, count: number][];
}

export interface HealthState {
  lastDelivery?: number;
  /** Records that consumers know of and Langfuse does not have yet. */
  pending: number;
  delivered: number;
  dead: number;
  lastError?: { class: string; since: number; last: number };
  /** Consecutive failed passes: what the breaker counts. */
  failures: number;
  /** Until when nothing should be posted to this project, epoch ms. */
  openUntil?: number;
}

export interface HealthCalls {
  report(report: HealthReport): Promise<HealthState>;
  read(): Promise<HealthState>;
}
