// The calls to the one small object per project that knows how delivery is going.

/** Deliveries that went well. */
export interface Deliveries {
  delivered: number;
  /** When the last of them did, epoch ms. */
  last: number;
}

/** What a consumer pass tells of a project. */
export interface HealthReport {
  /** Epoch ms. */
  at: number;
  /** Of passes before it, that have not been told. */
  earlier?: Deliveries;
  delivered: number;
  dead: number;
  /** Class of the pass's failure, if it had one, e.g. `unauthorized`, `rate_limited`, `unreachable`. */
  failure?: { class: string; retryAfterMs?: number };
  /** Records left pending, by object: an object with nothing left is told with 0. */
  pending: [object: string, count: number][];
}

export interface HealthState {
  /** Exact to the minute: deliveries that go well are told together. */
  lastDelivery?: number;
  /** Records that consumers know of and Langfuse does not have yet. */
  pending: number;
  /** Nearly all: an isolate that ends takes its last minute's count with it. */
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
