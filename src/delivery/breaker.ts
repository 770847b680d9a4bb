// The breaker of each kind of a project: may it be tried now, and how. Pure: the state lives in the isolate and
// comes from the project's health; a new isolate has none, makes one pass, and gets it with its report. POSTs that
// hang just now are no failures yet: they only keep more from hanging beside them.
import { PROVEN_MS } from "../protocol/delivery-times.ts";
import type { HealthState, KindHealth } from "../protocol/health-calls.ts";
import { RECORD_KINDS, type RecordKind } from "../protocol/record.ts";
import type { Plan } from "./deliver.ts";
import { type Hanging, hangingIn } from "./passes-under-way.ts";

interface KindBreaker extends KindHealth {
  /** After it was open, one pass goes first, alone, until it reports or this time passes. */
  probeUntil?: number;
}

export type BreakerState = Partial<Record<RecordKind, KindBreaker>>;

/** Longer than a pass lasts: a probe that never reports must not shut the project for good. */
export const PROBE_MS = 90_000;
/** A claim that is turned away because another pass probes asks again so soon. */
const PROBE_WAIT_MS = 2_000;
/** POSTs that may hang at once, where nothing is taken beside them … */
const MOST_HANGING = 8;
/** … and where something is: then those hang by their content, and others go on. */
const MOST_HANGING_BESIDE = 16;
/** A claim that is turned away because so many hang asks again so soon. */
const HANGING_WAIT_MS = 5_000;
/** Clocks of two machines differ by less, unless one has stepped. */
const CLOCK_TOLERANCE_MS = 10_000;

export interface Admission {
  /** Each kind's way to be posted, or the time for which it may not. */
  plans: Record<RecordKind, Plan>;
  /** A pass may begin for some kind that matters in so many ms; 0 for now. */
  waitMs: number;
  /** Remembers that this pass began. */
  state: BreakerState;
}

/** May a pass begin now, and how? */
export function tryPass(
  state: BreakerState,
  now: number,
  hanging = hangingIn(undefined, now),
): Admission {
  const after: BreakerState = { ...state };
  const plans: Record<RecordKind, Plan> = {
    observation: planFor(state.observation, now, hanging.observation),
    score: planFor(state.score, now, hanging.score),
  };
  // A project that has never had a score waits with its observations.
  const kinds = RECORD_KINDS.filter(
    (kind) => kind === "observation" || state[kind] || hanging[kind].isUsed,
  );
  const waitMs = Math.min(...kinds.map((kind) => closedMs(plans[kind])));
  if (waitMs > 0) return { plans, waitMs, state };
  for (const kind of RECORD_KINDS) {
    const its = state[kind];
    const probes = its?.openUntil !== undefined && closedMs(plans[kind]) === 0;
    if (probes) after[kind] = { ...its, probeUntil: now + PROBE_MS };
  }
  return { plans, waitMs, state: after };
}

function planFor(
  state: KindBreaker | undefined,
  now: number,
  { posts: hanging, late, passes, isQuick }: Omit<Hanging, "isUsed">,
): Plan {
  const {
    openUntil = 0,
    openedAt = 0,
    probeUntil = 0,
    failures,
    apartUntil = 0,
    lastDelivery,
  } = state ?? {
    failures: 0,
  };
  // A clock that stepped back since must not keep it shut until it has caught up.
  const isOpen = now < openUntil && now >= openedAt - CLOCK_TOLERANCE_MS;
  if (isOpen) return { closedMs: openUntil - now };
  if (now < probeUntil && probeUntil - now <= PROBE_MS) return { closedMs: PROBE_WAIT_MS };
  const hangs = failures > 0 && !passes ? late : hanging;
  if (hangs >= (passes ? MOST_HANGING_BESIDE : MOST_HANGING)) return { closedMs: HANGING_WAIT_MS };
  const failed = failures > 0 || now < apartUntil;
  return {
    apart: failed || hanging > 0,
    ...(state === undefined && hanging === 0 && { fresh: true }),
    proven: lastDelivery !== undefined && now - lastDelivery < PROVEN_MS,
    ...(isQuick && { quick: true }),
    // It may be slow for a moment: a POST that is cut short would be sent twice.
    ...(!failed && hanging > 0 && { patient: true }),
  };
}

function closedMs(plan: Plan): number {
  return "closedMs" in plan ? plan.closedMs : 0;
}

/** The state that a project's health asks for, after a pass that began as `before` has it. */
export function fromHealth(
  health: HealthState,
  before: BreakerState,
  plans: Admission["plans"],
): BreakerState {
  const { kinds = kindsBefore(health) } = health;
  const after: BreakerState = {};
  for (const kind of RECORD_KINDS) {
    const its = kinds[kind];
    if (its === undefined) continue;
    // Another pass's probe is not over because this one reports.
    const { probeUntil } = before[kind] ?? {};
    const others = "closedMs" in plans[kind] && probeUntil !== undefined;
    after[kind] = { ...its, ...(others && { probeUntil }) };
  }
  return after;
}

/** The state after a pass that found nothing to post, so that nothing was learned. */
export function cancelProbe(state: BreakerState, plans: Admission["plans"]): BreakerState {
  const after: BreakerState = { ...state };
  for (const kind of RECORD_KINDS) {
    if (after[kind] === undefined || "closedMs" in plans[kind]) continue;
    const { probeUntil: _ended, ...its } = after[kind];
    after[kind] = its;
  }
  return after;
}

/** Of a health that tells no kinds apart. */
function kindsBefore({ failures, openUntil }: HealthState): NonNullable<HealthState["kinds"]> {
  return { observation: { failures, ...(openUntil !== undefined && { openUntil }) } };
}
