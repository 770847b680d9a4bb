// The times of a delivery that depend on each other, in one place: a consumer posts nothing that it can't
// finish and settle before its lease ends, so each lease must leave room for a POST. Milliseconds.

/** A POST that takes longer is given up: what became of it is then unknown. */
export const POST_TIMEOUT_MS = 20_000;
/** The rest of a lease after a POST's whole timeout, to settle it. */
export const SETTLE_MARGIN_MS = 10_000;
/** A lease that was just granted is posted within this time, while others are still being asked for. */
const LEASING_MS = 5_000;
/** A pass lasts this long at most, the last POST included. */
export const PASS_MS = 60_000;
/** A lease outlasts a POST's own timeout and its settlement by far: a pass goes on with it. */
export const LEASE_MS = 2 * PASS_MS;
/**
 * A lease that was announced with a claim is as short as one POST allows: a consumer that comes after an
 * eviction waits for its end, granted or not, and must not wait longer than for a lost claim.
 */
export const RESERVED_LEASE_MS = LEASING_MS + POST_TIMEOUT_MS + SETTLE_MARGIN_MS;
/** A delivery so long ago still shows that Langfuse takes something: it may be told a minute late. */
export const PROVEN_MS = 2 * 60_000;
