// When a trace has something to seal. Pure: only what the journal says decides, never when an alarm
// happened to run, so that every replay seals the same at the same (journal) time.
import type { Rules } from "../assembly/rules.ts";
import { assemblingOf, completeOf } from "../assembly/trace.ts";
import type { Trace } from "../state.ts";

/** What of a trace is due when, epoch ms. Sealing a part when it is due makes that part go away. */
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
  const dues: TraceDeadlines = {};
  const afterGap = (due: number): number => Math.max(due, gapUntil ?? 0);
  const hasRoot = trace.drafts.get(trace.rootId)?.created === true;

  if (trace.endedSince !== undefined) {
    if (hasRoot) dues.end = afterGap(trace.endedSince + rules.graceMs);
    else if (trace.completeSince !== undefined) {
      dues.complete = afterGap(Math.max(trace.endedSince, trace.completeSince) + rules.graceMs);
    }
    if (trace.lateSince !== undefined) dues.late = trace.lateSince + rules.lateWaitMs;
    if (trace.open > 0) dues.abandoned = trace.lastArrival + rules.openObservationIdleMs;
    return dues;
  }

  if (trace.completeSince !== undefined) {
    const full = completeOf(trace) >= rules.flushAt || trace.completeSize >= rules.flushSize;
    dues.complete = afterGap(
      full ? trace.lastArrival : trace.completeSince + rules.flushIntervalMs,
    );
  }
  if (trace.late.size > 0 && trace.lateSince !== undefined) {
    dues.late = trace.lateSince + rules.flushIntervalMs;
  }
  const begun = trace.open > 0 || (hasRoot && completeOf(trace) === 0 && trace.sealed.size === 0);
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
