// Whether a project may be tried now. Pure: the state lives in the isolate and is learned from the
// project's health; a new isolate knows nothing, makes one pass, and learns from its report.
import type { HealthState } from "../protocol/health-calls.ts";

export interface BreakerState {
  /** Nothing is posted before this time … */
  openUntil: number;
  /** … and after it one pass goes first, alone, until it reports or this time passes. */
  probeUntil?: number;
}

/** Longer than a pass lasts: a probe that never reports must not shut the project for good. */
export const PROBE_MS = 90_000;

export type Admission = { admitted: boolean; state: BreakerState | undefined };

/** May a pass begin now? The state returned remembers that one did. */
export function admit(state: BreakerState | undefined, now: number): Admission {
  if (state === undefined) return { admitted: true, state };
  const closed = now < state.openUntil || now < (state.probeUntil ?? 0);
  if (closed) return { admitted: false, state };
  return { admitted: true, state: { ...state, probeUntil: now + PROBE_MS } };
}

/** How long a probe of another pass is given before a turned away claim asks again, ms. */
const PROBE_WAIT_MS = 2_000;

/** When a claim that was turned away at `now` may ask again, epoch ms. */
export function askAgainAt(state: BreakerState | undefined, now: number): number {
  const { openUntil = 0 } = state ?? {};
  return now < openUntil ? openUntil : now + PROBE_WAIT_MS;
}

/** The state that a project's health asks for; undefined is a closed breaker. */
export function learn(health: HealthState): BreakerState | undefined {
  return health.openUntil === undefined ? undefined : { openUntil: health.openUntil };
}

/** The state after a pass that found nothing to post, so that nothing was learned. */
export function unprobed(state: BreakerState | undefined): BreakerState | undefined {
  return state && { openUntil: state.openUntil };
}
