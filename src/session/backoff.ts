// When to try again. Pure: chance is an argument. There is one retry mechanism with one backoff: this.

/** What somebody has to repair (keys, an address) is tried slowly; what mends itself, soon. */
const SLOW = new Set(["unauthorized", "wrong_url", "request_refused", "not_configured"]);

/** Reasons that say nothing of Langfuse: a pass that was full, a lease that was nearly over. */
const IN_PASSING = new Set(["pass_full", "lease_too_short"]);
const IN_PASSING_MS = 1_000;

export function isInPassing(reason: string | undefined): boolean {
  return reason !== undefined && IN_PASSING.has(reason);
}

const SOON = { baseMs: 2_000, maxMs: 15 * 60_000 };
const SLOWLY = { baseMs: 60_000, maxMs: 60 * 60_000 };
/** The longest that a `Retry-After` is obeyed: longer ones are mistakes. */
const MAX_RETRY_AFTER_MS = 60 * 60_000;

/**
 * How long to wait before attempt `attempts + 2`, ms: exponential with full jitter on its upper
 * half, and never sooner than Langfuse asked for.
 * @param attempts settlements in a row, before this one, that asked to try again
 * @param random from 0 (inclusive) to 1 (exclusive)
 */
export function backoffMs(
  reason: string,
  attempts: number,
  retryAfterMs: number | undefined,
  random: number,
): number {
  if (isInPassing(reason)) return IN_PASSING_MS;
  const { baseMs, maxMs } = SLOW.has(reason) ? SLOWLY : SOON;
  const full = Math.min(maxMs, baseMs * 2 ** Math.min(attempts, 20));
  const wait = Math.round(full / 2 + (full / 2) * random);
  return Math.max(wait, Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS));
}
