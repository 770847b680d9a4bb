// Keeps a session's agenda, and says which of its traces is due next. No I/O, no clock. Invariant: no
// trace stands in the agenda later than it is due. What makes a trace due later is not told to the
// agenda (most actions do): it is found when its turn comes, once, and not with each action.
import { traceDeadlines, earliestOf } from "./trace-deadlines.ts";
import { longestGap } from "./gap.ts";
import type { SessionState, Trace } from "../state.ts";

export interface Deadline {
  trace: Trace;
  /** Epoch ms. */
  at: number;
}

/** The trace that is due first; of two at the same moment, the one with the lesser id. */
export function nextDeadline(state: SessionState): Deadline | undefined {
  const { deadlines, openTraces, settings } = state;
  for (let first = deadlines.first(); first !== undefined; first = deadlines.first()) {
    const trace = openTraces.get(first.id);
    const gap = trace && longestGap(state, trace.clients);
    const at = trace && earliestOf(traceDeadlines(trace, settings, gap?.until));
    if (trace === undefined || at === undefined) deadlines.remove(first.id);
    else if (at <= first.at) return { trace, at };
    else {
      deadlines.put(first.id, at);
      // A gap that closes makes due at once what waited for it.
      if (gap !== undefined) deadlines.wait(gap.client, first.id);
    }
  }
  return undefined;
}

/** After any change of a trace. */
export function updateDeadline(
  { deadlines, openTraces, settings }: SessionState,
  trace: Trace,
): void {
  const { id } = trace;
  const dues = openTraces.has(id) ? traceDeadlines(trace, settings, undefined) : {};
  if (dues.end !== undefined || dues.complete !== undefined) deadlines.ready.add(id);
  else deadlines.ready.delete(id);
  const at = earliestOf(dues);
  if (at === undefined) deadlines.remove(id);
  else if (at < (deadlines.at(id) ?? Number.POSITIVE_INFINITY)) deadlines.put(id, at);
}

/** After a client's gap has closed, or the client was forgotten. */
export function releaseGap(state: SessionState, client: string): void {
  for (const id of state.deadlines.released(client)) {
    const trace = state.openTraces.get(id);
    if (trace !== undefined) updateDeadline(state, trace);
  }
}

/** What is complete, in the order in which its traces came to life. */
export function readyTraces({ deadlines, openTraces }: SessionState): Trace[] {
  const traces = Array.from(deadlines.ready, (id) => openTraces.get(id));
  return traces.filter((trace) => trace !== undefined).sort((a, b) => a.createdSeq - b.createdSeq);
}
