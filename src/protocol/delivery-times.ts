// The times of a delivery that depend on each other, in one place: a consumer posts nothing that it can't
// finish and settle before its lease ends, so each lease must leave room for a POST. Milliseconds.

/**
 * A POST that takes longer is given up: its outcome is then unknown. Three times as long as Langfuse's own SDKs
 * wait; what a consumer has that dies, and what waits behind a record that hangs, waits for multiples of it.
 */
export const POST_TIMEOUT_MS = 15_000;
/**
 * A POST that only finds out whether a session's records pass, while nothing does, is given up so soon: three
 * of them cost what one that hangs would.
 */
export const PROBE_TIMEOUT_MS = 5_000;
/** The rest of a lease after a POST's whole timeout, to settle it. */
export const SETTLE_MARGIN_MS = 10_000;
/** A pass lasts this long at most, the last POST included. */
export const PASS_MS = 60_000;
/** The platform ends what goes on after an answer by then. */
const AFTER_ANSWER_MS = 30_000;
/** A pass that is left to itself posts for so long: then its last POST has its whole timeout, and a moment to be settled. */
export const LEFT_ALONE_MS = AFTER_ANSWER_MS - POST_TIMEOUT_MS - 4_000;
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
/** A delivery so long ago still shows that Langfuse takes something: it may be reported a minute late. */
export const PROVEN_MS = 2 * 60_000;
