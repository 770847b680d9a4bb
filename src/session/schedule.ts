// When the alarm should run and when a claim should be sent. Pure: `now` is an argument.
import { CLAIM_AHEAD_MS, CLAIM_TTL_MS, DEAD_LETTER_MS, MEMORY_MS } from "./bounds.ts";
import { leasableFrom } from "./held-back.ts";
import { heldUntil } from "./lease.ts";
import { isQuiet, type SessionState } from "./state.ts";
import { upcoming } from "./upcoming.ts";

/** What the live instance knows, and nobody after it. */
export interface Known {
  /** Until when a claim already sent is waited for, epoch ms. */
  claimedUntil: number;
  /** The reservation whose fate it knows: it made it, or a claim's bearer brought it along. */
  reservation?: number | undefined;
  /** The lease that it granted without writing it. */
  unwritten?: number | undefined;
}

/** When somebody may next lease something, epoch ms; undefined when nothing is sealed or due. */
export function leasableAt(state: SessionState, { reservation }: Known): number | undefined {
  const held = heldUntil(state, reservation);
  const from = leasableFrom(state);
  if (from !== undefined) return Math.max(held, from, state.t);
  const next = upcoming(state);
  return next && Math.max(held, next.at);
}

/** How long to delay a claim, in whole seconds as queues take them; undefined for no claim now. */
export function claimDelay(state: SessionState, known: Known, now: number): number | undefined {
  const { claimedUntil } = known;
  const at = leasableAt(state, known);
  if (at === undefined || claimedUntil > now || at > now + CLAIM_AHEAD_MS) return undefined;
  return Math.max(0, Math.ceil((at - now) / 1000));
}

/** When the alarm is needed next, epoch ms; undefined for an object with nothing at all. */
export function alarmAt(state: SessionState, known: Known): number | undefined {
  const leasable = leasableAt(state, known);
  if (leasable !== undefined) return Math.max(leasable, known.claimedUntil);
  return expiryOf(state);
}

/** When the object may delete itself: a day after it fell silent, later where somebody may look. */
export function expiryOf(state: SessionState): number | undefined {
  if (!isQuiet(state) || state.lastEntry === 0) return undefined;
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
  return armedAt < at && isQuiet(state) && !isLively(state);
}

/** Two turns within the time that such an alarm waits: it may well serve a third one. */
function isLively({ attributed, past, t }: SessionState): boolean {
  const latest = attributed.at(-1);
  const before = past.get(attributed.findLast((id) => id !== latest) ?? "");
  return before !== undefined && before.lastArrival > t - CLAIM_TTL_MS;
}
