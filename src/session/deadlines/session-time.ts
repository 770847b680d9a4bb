// A session's time where the edge's clock steps back. It never goes back itself, and it must not stand still until the
// clock has caught up: every deadline of the session would wait for that. So it goes on at half the clock's pace until
// both agree, and what lasts a minute then lasts two at most. Pure: the clock is an argument. Times are epoch ms.

/** A step of the clock that was noticed. */
export interface ClockStep {
  /** When, by the clock. */
  at: number;
  /** How far the session's time was ahead of it then, ms. */
  aheadMs: number;
}

/**
 * Lesser steps are waited out. An instance that finds a reservation goes past it, which takes its time 14 s ahead of
 * the clock: that is no step.
 */
export const STEP_TOLERANCE_MS = 20_000;

/** @param step the latest one; undefined where none was noticed */
export function sessionTime(step: ClockStep | undefined, clock: number): number {
  if (step === undefined) return clock;
  const aheadMs = step.aheadMs - (clock - step.at) / 2;
  return clock + Math.max(0, Math.ceil(aheadMs));
}

/** What the clock says when the session's time has come to `time`. */
export function clockTimeOf(step: ClockStep | undefined, time: number): number {
  if (step === undefined) return time;
  const { at, aheadMs } = step;
  const together = at + 2 * aheadMs;
  return time >= together ? time : at + 2 * (time - at - aheadMs);
}
