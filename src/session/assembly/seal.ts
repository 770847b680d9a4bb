// Decides which parts of a trace are sealed, and when: complete drafts become immutable records. A record is
// sealed once; what comes for it later goes out beside it. No I/O, no clock: `at` is the due time that
// the journal gives.
import {
  isFull,
  legacyGraceMs,
  type TraceDeadlines,
  traceDeadlines,
} from "../deadlines/trace-deadlines.ts";
import { longestGap } from "../deadlines/next-deadline.ts";
import type { SessionState } from "../state.ts";
import type { Draft, Trace, Verdict } from "./assembly-state.ts";
import { completeOf, lateOf, partNamed, partsOf, recordOf, rootOf } from "./parts.ts";
import { decide, isTooLong, isUndecided } from "./sampling.ts";
import { sealParts } from "./seal-parts.ts";

/** Seals the parts of a trace that are due at `at`. */
export function sealDue(state: SessionState, trace: Trace, at: number): void {
  const dues = traceDeadlines(trace, state.settings, longestGap(state, trace.clients)?.until);
  const isDue = (part: keyof TraceDeadlines): boolean =>
    (dues[part] ?? Number.POSITIVE_INFINITY) <= at;
  const idle = isDue("idle");
  const abandoned = isDue("abandoned") || (idle && trace.resting > 0);
  const over = abandoned || idle;
  const top = over ? [...rootOf(trace), ...recordOf(trace)] : isDue("end") ? rootOf(trace) : [];
  const complete = over || isDue("end") || isDue("complete") ? completeOf(trace, abandoned) : [];
  const undecided = isUndecided(trace, state.settings);
  const full = isFull(trace, state.settings) || (undecided && isTooLong(trace));
  const waits = over || full ? 0 : legacyGraceMs(state.settings);
  const rested = complete.filter(
    ({ draft }) => !("legacyAt" in draft) || restsAt(draft, waits) <= at,
  );
  const late = over || isDue("late") ? lateOf(trace) : [];
  const parts = [...top, ...rested, ...late];
  if (parts.length === 0 || !undecided) {
    return sealParts(state, trace, parts, abandoned);
  }
  const verdict = decide(state, trace, top.length > 0, at);
  if (verdict !== undefined) sealParts(state, trace, parts, abandoned, verdict);
}

/** When a legacy client's observation has waited long enough for a trailing update. */
function restsAt({ legacyAt = 0 }: Draft, graceMs: number): number {
  return legacyAt + graceMs;
}

/** Seals at once what is complete, as a flush with `deliver` asks; what is open stays. */
export function sealNow(state: SessionState, trace: Trace): void {
  const root = trace.endedSince === undefined ? [] : rootOf(trace);
  const parts = [...root, ...completeOf(trace, false)];
  if (!isUndecided(trace, state.settings)) return sealParts(state, trace, parts, false);
  // A hurry decides nothing: what waits for its trace's end waits for it.
  if (root.length === 0 && !isTooLong(trace)) return;
  const verdict = decide(state, trace, root.length > 0, state.t);
  if (verdict?.kept === true) sealParts(state, trace, parts, false, verdict);
}

/** Seals what the journal says was sealed of a trace: parts by their ids and the numbers of their first actions. */
export function sealNamed(
  state: SessionState,
  trace: Trace,
  names: readonly (readonly [id: string, createdSeq: number])[],
  abandoned: boolean,
  verdict?: Verdict,
): void {
  const parts = names.map(([id, createdSeq]) => partNamed(trace, id, createdSeq));
  sealParts(
    state,
    trace,
    parts.filter((part) => part !== undefined),
    abandoned,
    verdict,
  );
}

/** Seals these parts, wherever in the session they are. Returns the traces concerned. */
export function sealByCreatedSeq(state: SessionState, createdSeqs: ReadonlySet<number>): Trace[] {
  const found: Trace[] = [];
  for (const trace of state.openTraces.values()) {
    const parts = partsOf(trace).filter(({ draft }) => createdSeqs.has(draft.createdSeq));
    if (parts.length === 0) continue;
    sealParts(state, trace, parts, false);
    found.push(trace);
  }
  return found;
}
