// The deadlines of one trace. Pure: only what the journal says decides, never when an alarm happened to
// run, so that every replay seals the same at the same (journal) time.
import type { Rules } from "../assembly/rules.ts";
import { assemblingOf, completeOf } from "../assembly/trace.ts";
import { isTooLong, isUndecided } from "../assembly/sampling.ts";
import { LEGACY_GRACE_MS } from "../bounds.ts";
import type { Trace } from "../assembly/assembly-state.ts";

/** The moments at which parts of a trace are due, epoch ms. A part that is sealed has none any more. */
export interface TraceDeadlines {
  /** The ended root, and all that is complete. */
  end?: number;
  /** All that is complete, in an open trace or after its root. */
  complete?: number;
  /** Late actions and such whose create was never seen. */
  late?: number;
  /** Nothing open and nothing new: the root and everything else, though nobody ended it. */
  idle?: number;
  /** Nothing new for very long: what is open is closed, then everything is sealed. */
  abandoned?: number;
}

export function traceDeadlines(
  trace: Trace,
  rules: Rules,
  gapUntil: number | undefined,
): TraceDeadlines {
  if (assemblingOf(trace) === 0) return {};
  const exact = exactDeadlines(trace, rules, gapUntil);
  const dues = isUndecided(trace, rules) ? untilDecided(exact, trace) : exact;
  const stepMs = rules.lane?.sealEveryMs;
  if (stepMs === undefined) return dues;
  for (const part of Object.keys(dues) as (keyof TraceDeadlines)[]) {
    dues[part] = Math.ceil((dues[part] ?? 0) / stepMs) * stepMs;
  }
  return dues;
}

/** Of a trace that SAMPLING decides about at its end: nothing is due before, and nothing while it is held. */
function untilDecided(dues: TraceDeadlines, trace: Trace): TraceDeadlines {
  if (isTooLong(trace))
    return { ...dues, complete: Math.min(dues.complete ?? Infinity, trace.lastArrival) };
  const { end, idle, abandoned } = dues;
  const atEnd = Math.min(end ?? Infinity, idle ?? Infinity, abandoned ?? Infinity);
  const { complete = atEnd, late = atEnd, ...ends } = dues;
  const held = trace.heldUntil ?? 0;
  const put: TraceDeadlines = { ...ends };
  if (dues.complete !== undefined) put.complete = Math.max(complete, atEnd);
  if (dues.late !== undefined) put.late = Math.max(late, atEnd);
  for (const part of Object.keys(put) as (keyof TraceDeadlines)[]) {
    put[part] = Math.max(put[part] ?? 0, held);
  }
  return put;
}

export function legacyGraceMs({ legacyGraceMs: graceMs = LEGACY_GRACE_MS }: Rules): number {
  return graceMs;
}

/** More is complete than may wait: all of it is due at once. */
export function isFull(trace: Trace, { flushAt, flushSize }: Rules): boolean {
  return completeOf(trace) >= flushAt || trace.completeSize >= flushSize;
}

/** When the first of what is complete has waited for a trailing update, if it is a legacy client's. */
function restedFrom({ ready, drafts }: Trace, rules: Rules): number {
  const [first] = ready;
  const { legacyAt } = drafts.get(first ?? "") ?? {};
  return legacyAt === undefined ? 0 : legacyAt + legacyGraceMs(rules);
}

function exactDeadlines(trace: Trace, rules: Rules, gapUntil: number | undefined): TraceDeadlines {
  const dues: TraceDeadlines = {};
  const afterGap = (due: number): number => Math.max(due, gapUntil ?? 0);
  const hasRoot = trace.drafts.get(trace.rootId)?.created === true;
  const hasRecord = trace.drafts.get(trace.legacy?.record ?? "")?.created === true;

  if (trace.endedSince !== undefined) {
    if (hasRoot) dues.end = afterGap(trace.endedSince + rules.graceMs);
    else if (trace.completeSince !== undefined) {
      const due = Math.max(trace.endedSince, trace.completeSince) + rules.graceMs;
      dues.complete = afterGap(Math.max(due, restedFrom(trace, rules)));
    }
    if (hasRecord && trace.open <= trace.resting) dues.idle = trace.lastArrival + rules.traceIdleMs;
    if (trace.lateSince !== undefined) dues.late = trace.lateSince + rules.lateWaitMs;
    if (trace.open > 0) dues.abandoned = trace.lastArrival + rules.openObservationIdleMs;
    return dues;
  }

  if (trace.completeSince !== undefined) {
    const waited = Math.max(trace.completeSince + rules.flushIntervalMs, restedFrom(trace, rules));
    dues.complete = afterGap(isFull(trace, rules) ? trace.lastArrival : waited);
  }
  if (trace.late.size > 0 && trace.lateSince !== undefined) {
    dues.late = trace.lateSince + rules.flushIntervalMs;
  }
  const nothingBut = completeOf(trace) === 0 && trace.sealed.size === 0;
  const begun = trace.open > trace.resting || (hasRoot && !hasRecord && nothingBut);
  if (begun) dues.abandoned = trace.lastArrival + rules.openObservationIdleMs;
  else dues.idle = trace.lastArrival + rules.traceIdleMs;
  return dues;
}

/** The earliest of them; undefined when nothing waits. */
export function earliestOf({
  end,
  complete,
  late,
  idle,
  abandoned,
}: TraceDeadlines): number | undefined {
  const never = Number.POSITIVE_INFINITY;
  const first = Math.min(
    end ?? never,
    complete ?? never,
    late ?? never,
    idle ?? never,
    abandoned ?? never,
  );
  return first === never ? undefined : first;
}
