// Deadlines: the moment at which a session has something to do. Each trace has its own (trace-deadlines.ts);
// the deadline queue keeps the traces in the order of theirs, and next-deadline.ts finds the first. advance.ts
// moves the session's time forward and seals what is due on the way. This file makes one moment of all that
// for the alarm, and one for the claim that brings a consumer; alarm.ts sets the one and sends the other.
// Pure but for alarm.ts: `now` is an argument.
import {
  ANNOUNCE_BEFORE_END_MS,
  CLAIM_AHEAD_MS,
  CLAIM_TTL_MS,
  DEAD_LETTER_MS,
  MEMORY_MS,
  SILENT_REPORT_MS,
  UNREADABLE_MS,
} from "../bounds.ts";
import { isAllTold, needsAnnouncement } from "../dead-letters/books.ts";
import { lettersExpireAt } from "../dead-letters/letters.ts";
import { heldOnceSealed, leasableFrom } from "../outbox/held-back.ts";
import { heldUntil } from "../outbox/lease.ts";
import { isDrained, type SessionState } from "../state.ts";
import { nextDeadline } from "./next-deadline.ts";

/** A claim is made again where the one on its way comes so much later than it could. */
const CLAIM_LATE_MS = 2_000;

/** The memory of this instance alone: an eviction loses it. */
export interface InstanceMemory {
  /** The time for which dead letters are kept, ms: a setting. */
  keepLettersMs?: number;
  /** The ledger is told of dead letters no sooner than this, epoch ms. */
  announceFrom?: number | undefined;
  /** A consumer is expected for the claim that was sent until then, epoch ms. */
  claimPendingUntil: number;
  /** When that claim arrives, epoch ms; undefined once a consumer came. */
  claimAt?: number | undefined;
  /** A consumer last asked for a lease, epoch ms. */
  askedAt?: number;
  /** The reservation that it made, or that a claim carried to it. */
  reservation?: number | undefined;
  /** The lease that it granted without writing it. */
  unloggedLease?: number | undefined;
}

/** The moment at which a consumer may next lease something, epoch ms; undefined when nothing is sealed or due. */
export function leasableAt(
  state: SessionState,
  { reservation }: InstanceMemory,
): number | undefined {
  const held = heldUntil(state, reservation);
  const from = leasableFrom(state);
  if (from !== undefined && from <= state.t) return Math.max(held, state.t);
  // Records that are held back do not hold back what is sealed after them.
  const next = nextDeadline(state);
  const sealed = next && Math.max(next.at, heldOnceSealed(state, next.trace));
  if (from === undefined && sealed === undefined) return undefined;
  return Math.max(held, Math.min(from ?? Infinity, sealed ?? Infinity), state.t);
}

/** The delay of a claim, in whole seconds as queues take them; undefined for no claim now. */
export function claimDelay(
  state: SessionState,
  memory: InstanceMemory,
  now: number,
): number | undefined {
  const { claimPendingUntil, claimAt = 0 } = memory;
  const at = leasableAt(state, memory);
  if (at === undefined || at > now + CLAIM_AHEAD_MS) return undefined;
  // A claim that comes for a retry is too late for what was sealed meanwhile.
  const isTooLate = claimAt > now && at + CLAIM_LATE_MS < claimAt;
  if (claimPendingUntil > now && !isTooLate) return undefined;
  return Math.max(0, Math.ceil((at - now) / 1000));
}

/** The moment at which the alarm is needed, epoch ms; undefined for an object with nothing at all. */
export function alarmAt(state: SessionState, memory: InstanceMemory): number | undefined {
  const { keepLettersMs = DEAD_LETTER_MS } = memory;
  const leasable = leasableAt(state, memory);
  const announceAt = memory.announceFrom ?? state.t;
  const announce = needsAnnouncement(state) ? announceAt : undefined;
  const end = overAt(state, keepLettersMs);
  // The object waits with its end for a ledger that is to hear of it.
  const isTold = announce !== undefined || isAllTold(state);
  const over = end === undefined || isTold ? end : Math.max(end, announceAt);
  const work = leasable === undefined ? over : Math.max(leasable, memory.claimPendingUntil);
  const letters = lettersExpireAt(state, keepLettersMs) ?? Infinity;
  const first = Math.min(work ?? Infinity, announce ?? Infinity, letters, silentFrom(state));
  return first === Infinity ? undefined : first;
}

/** When a session that still holds something will have been silent for so long that it tells the ledger, epoch ms. */
function silentFrom(state: SessionState): number {
  const at = state.lastEntry + SILENT_REPORT_MS;
  return at > state.t && !isDrained(state) && !isAllTold(state) ? at : Infinity;
}

/** The moment at which the object deletes itself: a ledger that does not answer has a day to learn of its last letters. */
export function overAt(state: SessionState, keepLettersMs?: number): number | undefined {
  const expiry = expiryOf(state, keepLettersMs);
  if (expiry === undefined || !needsAnnouncement(state)) return expiry;
  return Math.max(expiry, state.books.changedAt + ANNOUNCE_BEFORE_END_MS);
}

/** The moment at which nothing of the object is of use: a day after it fell silent, when its last dead letter has expired. */
export function expiryOf(state: SessionState, keepLettersMs = DEAD_LETTER_MS): number | undefined {
  const { lastEntry, deadLetters, unreadable, settings } = state;
  if (!isDrained(state) || lastEntry === 0) return undefined;
  const letters = (deadLetters.at(-1)?.at ?? Number.NEGATIVE_INFINITY) + keepLettersMs;
  const aside = (unreadable?.at ?? Number.NEGATIVE_INFINITY) + UNREADABLE_MS;
  return Math.max(lastEntry + (settings.lane?.memoryMs ?? MEMORY_MS), letters, aside);
}

/**
 * Does the alarm have to be set? Not when the one that is set comes early enough: setting costs a row. But
 * an alarm that runs for nothing costs a call, and then that same row.
 */
export function mustArm(
  state: SessionState,
  armedAt: number | undefined,
  at: number,
  now: number,
): boolean {
  if (armedAt === undefined || armedAt <= now || armedAt > at) return true;
  return armedAt < at && isDrained(state) && !isBusy(state);
}

/**
 * Two turns within CLAIM_TTL_MS, or something just now in a lane, where a whole project's comes: the earlier alarm is
 * kept, since what comes next will probably need it.
 */
function isBusy({ recentTraceIds, sealedTraces, settings, lastEntry, t }: SessionState): boolean {
  if (settings.lane !== undefined) return lastEntry > t - CLAIM_TTL_MS;
  const latest = recentTraceIds.at(-1);
  const before = sealedTraces.get(recentTraceIds.findLast((id) => id !== latest) ?? "");
  return before !== undefined && before.lastArrival > t - CLAIM_TTL_MS;
}
