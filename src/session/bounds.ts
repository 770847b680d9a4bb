// Named bounds of a session, each with its reason. Times in milliseconds.
import { DEFAULT_DEAD_LETTER_DAYS } from "../protocol/limits.ts";

export { LEASE_MS, RESERVED_LEASE_MS } from "../protocol/delivery-times.ts";

/** A trace's end waits this long for stragglers: requests of one page overtake each other by this much. */
export const GRACE_MS = 500;
/** A missing number of a client is waited for this long: one retry of a client with its backoff. */
export const GAP_WAIT_MS = 5_000;
/**
 * An observation of a legacy client waits this long for a trailing update: the JavaScript SDK sends every 10 s, and
 * a request of it may be slow.
 */
export const LEGACY_GRACE_MS = 15_000;
/** Ids of events that a lane remembers: with seven others, half a million of a project, 3 MB each. */
export const MAX_LANE_IDS = 65_536;
/** Sealed targets that a lane remembers, 2 MB. */
export const MAX_LANE_REMEMBERED = 32_768;
/** Traces of a lane that keep their attributes for late observations: parts of a trace come minutes apart. */
export const LANE_ATTRIBUTES_KEPT = 2_048;
/** A lane deletes itself when it was silent for so long: a client's queue may repeat its events for days. */
export const LANE_MEMORY_MS = 3 * 24 * 3_600_000;
/** A lane seals this often at most: its traces share claims, leases and settlements. */
export const LANE_SEAL_EVERY_MS = 10_000;
/** Late actions are gathered this long, so that they go out as one record. */
export const LATE_WAIT_MS = 5_000;
/**
 * Sealed targets and seen actions are remembered this long after the session fell silent: a day, and so much
 * longer that a page whose date is a day behind can be told from an old repeat.
 */
export const MEMORY_MS = 26 * 3_600_000;
/** A deleted session takes nothing for this long. */
export const DELETED_MS = 24 * 3_600_000;
/** Dead letters are kept this long where no setting says otherwise. */
export const DEAD_LETTER_MS = DEFAULT_DEAD_LETTER_DAYS * 24 * 3_600_000;
/** Journals that could not be read keep their object this long, for somebody to look. */
export const UNREADABLE_MS = 14 * 24 * 3_600_000;
/** An open trace's complete observations are sealed beyond this size, in UTF-16 units: a lease stays small. */
export const FLUSH_SIZE = 512 * 1024;
/**
 * Complete observations of a trace that wait for its end where SAMPLING decides then: a turn with hundreds of steps.
 * A trace with more is kept.
 */
export const MAX_UNDECIDED = 1_000;
/** … and their size, in UTF-16 units: eight such traces at once fill a session. */
export const MAX_UNDECIDED_SIZE = 1024 * 1024;
/** Ended traces wait for a score only while all that is assembled is smaller than this, in UTF-16 units. */
export const MAX_HELD_SIZE = 2 * 1024 * 1024;
/** Sealed targets that a session remembers: 20 chat turns a minute for 15 minutes, under 1 MB. */
export const MAX_REMEMBERED = 8_192;
/** Ids of actions without a number that a session remembers: a minute of a busy server, 1 MB. */
export const MAX_IDS = 16_384;
/**
 * Spans that a session remembers, to know an exporter's repeat: three of the largest requests, 3 MB. With fewer than
 * one has, each span of a repeat would make room for itself by the one that comes next.
 */
export const MAX_SPAN_IDS = 32_768;
/** Clients (tabs) that a session remembers; the one that was silent for longest is forgotten first. */
export const MAX_CLIENTS = 256;
/** Separate ranges of numbers that are remembered of a client. */
export const MAX_RANGES = 64;
/** Notes on one record about what was made safe; the first of them in their order. */
export const MAX_NOTES = 64;
/** Dead letters that a session keeps. */
export const MAX_DEAD_LETTERS = 1_000;
/** … and what they may hold together, in UTF-16 units: more than the largest record has. */
export const MAX_DEAD_SIZE = 8 * 1024 * 1024;
/** Deaths of a record that are told of it, beside the latest one. */
export const MAX_EARLIER_DEATHS = 5;
/** Most that one call replays, in UTF-16 units, beside one record: it is written to the journal at once. */
export const MAX_REPLAY_SIZE = 4 * 1024 * 1024;
/** A ledger that did not answer is told again after this, then after twice as long … */
export const ANNOUNCE_RETRY_MS = 30_000;
/** … up to this, which is also how long one waits whose index is full. */
export const ANNOUNCE_MAX_WAIT_MS = 3_600_000;
/** An object whose time is over waits so long for a ledger that does not answer. */
export const ANNOUNCE_BEFORE_END_MS = 24 * 3_600_000;
/** A session that nobody writes to, and that still holds something after this, says so to the ledger. */
export const SILENT_REPORT_MS = 5 * 60_000;
/** Largest observation, in UTF-16 units: as a record it must pass one call, of 32 MiB at two bytes each. */
export const MAX_DRAFT_SIZE = 6 * 1024 * 1024;
/** Most of a lease, whatever a consumer asks for; beside one record, which may be as large again. */
export const MAX_LEASE_SIZE = 6 * 1024 * 1024;
/** Longest journal of a session whose work is not delivered, in UTF-16 units: an isolate has 128 MB. */
export const MAX_JOURNAL_LENGTH = 10 * 1024 * 1024;
/** A client's clock is corrected when it is off by more than this: less is the network's doing. */
export const CLOCK_TOLERANCE_MS = 10_000;
/** A lease that is reserved with a claim is granted this long after the claim's time; later ones are written. */
export const RESERVE_MS = 4_000;
/** A claim that nobody came for by then is taken for lost: about as long as the lease that it announces. */
export const CLAIM_TTL_MS = 35_000;
/**
 * A request sets no alarm of a session with work further ahead: of a turn's first request it is then early
 * enough for the claim of its last one, which is sent a second ahead, and need not be set again.
 */
export const ALARM_WITHIN_MS = 36_000;
/** A claim is sent ahead of what it is for by at most this. */
export const CLAIM_AHEAD_MS = 10_000;
