// When the alarm should run and when a claim should be sent. Pure: `now` is an argument.
import { CLAIM_AHEAD_MS, CLAIM_TTL_MS, DEAD_LETTER_MS, MEMORY_MS } from "../bounds.ts";
import { heldOnceSealed, leasableFrom } from "../outbox/held-back.ts";
import { heldUntil } from "../outbox/lease.ts";
import { isDrained, type SessionState } from "../state.ts";
import { nextDeadline } from "./next-deadline.ts";

/** What the live instance knows, and nobody after it. */
export interface InstanceMemory {
  /** Until when a claim already sent is waited for, epoch ms. */
  claimedUntil: number;
  /** The reservation whose fate it knows: it made it, or a claim's bearer brought it along. */
  reservation?: number | undefined;
  /** The lease that it granted without writing it. */
  unloggedLease?: number | undefined;
}

/** When a consumer may next lease something, epoch ms; undefined when nothing is sealed or due. */
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

/** How long to delay a claim, in whole seconds as queues take them; undefined for no claim now. */
export function claimDelay(
  state: SessionState,
  known: InstanceMemory,
  now: number,
): number | undefined {
  const { claimedUntil } = known;
  const at = leasableAt(state, known);
  if (at === undefined || claimedUntil > now || at > now + CLAIM_AHEAD_MS) return undefined;
  return Math.max(0, Math.ceil((at - now) / 1000));
}

/** When the alarm is needed next, epoch ms; undefined for an object with nothing at all. */
export function alarmAt(state: SessionState, known: InstanceMemory): number | undefined {
  const leasable = leasableAt(state, known);
  if (leasable !== undefined) return Math.max(leasable, known.claimedUntil);
  return expiryOf(state);
}

/** When the object may delete itself: a day after it fell silent, later where somebody may look. */
export function expiryOf(state: SessionState): number | undefined {
  if (!isDrained(state) || state.lastEntry === 0) return undefined;
  const kept = [state.deadLetters.at(-1)?.at, state.unreadable?.at];
  const until = kept.map((at) => (at === undefined ? 0 : at + DEAD_LETTER_MS));
  return Math.max(state.lastEntry + MEMORY_MS, ...until);
}

/**
 * Does the alarm have to be set? Not when one is set that comes early enough: a set costs a row. But one
 * that would ring for nothing costs a call, and then that same row.
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

/** Two turns within the time that such an alarm waits: it may well serve a third one. */
function isBusy({ recentTraceIds, sealedTraces, t }: SessionState): boolean {
  const latest = recentTraceIds.at(-1);
  const before = sealedTraces.get(recentTraceIds.findLast((id) => id !== latest) ?? "");
  return before !== undefined && before.lastArrival > t - CLAIM_TTL_MS;
}
