// The times of a delivery that depend on each other, in one place: a consumer posts nothing that it can't
// finish and settle before its lease ends, so each lease must leave room for a POST. Milliseconds.

/** A POST that takes longer is given up: what became of it is then unknown. */
export const POST_TIMEOUT_MS = 20_000;
/** The rest of a lease after a POST's whole timeout, to settle it. */
export const SETTLE_MARGIN_MS = 10_000;
/** A pass lasts this long at most, the last POST included. */
export const PASS_MS = 60_000;
/** The time in which a lease that was just granted is posted, while others are still being asked for. */
const LEASING_MS = 8_000;
/**
 * A lease outlasts a POST's own timeout and its settlement by what goes before the POST. No longer: the
 * records that a consumer takes with it when it dies wait for its end. A pass that lasts longer leases anew.
 */
export const LEASE_MS = LEASING_MS + POST_TIMEOUT_MS + SETTLE_MARGIN_MS;
/**
 * An announced lease ends this long after the last moment at which it is granted, which leaves a consumer
 * that comes at that moment enough for a POST. After an eviction others wait for it, granted or not.
 */
export const RESERVED_LEASE_MS = LEASE_MS - 6_000;
/** A delivery so long ago still shows that Langfuse takes something: it may be told a minute late. */
export const PROVEN_MS = 2 * 60_000;
