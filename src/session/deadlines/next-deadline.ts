// The first deadline of a session, and the gaps that traces wait for. No I/O, no clock. Invariant: no trace
// stands in the deadline queue later than it is due. An action that makes a trace due later (most do) does
// not change the queue: the later time is found when the turn of the trace comes, once.
import { traceDeadlines, earliestOf } from "./trace-deadlines.ts";
import type { SessionState } from "../state.ts";
import type { Trace } from "../assembly/assembly-state.ts";

export interface Deadline {
  trace: Trace;
  /** Epoch ms. */
  at: number;
}

/** The trace that is due first; of two at the same moment, the one that began first. */
export function nextDeadline(state: SessionState): Deadline | undefined {
  const { deadlines, openTraces, settings } = state;
  for (let first = deadlines.first(); first !== undefined; first = deadlines.first()) {
    const trace = openTraces.get(first.id);
    const gap = trace && longestGap(state, trace.clients);
    const at = trace && earliestOf(traceDeadlines(trace, settings, gap?.until));
    if (trace === undefined || at === undefined) deadlines.remove(first.id);
    else if (at <= first.at) return { trace, at };
    else {
      deadlines.put(first.id, at, trace.createdSeq);
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
  else if (at < (deadlines.at(id) ?? Number.POSITIVE_INFINITY))
    deadlines.put(id, at, trace.createdSeq);
}

/** After a client's gap has closed, or the client was forgotten. */
export function releaseGap(state: SessionState, client: string): void {
  for (const id of state.deadlines.released(client)) {
    const trace = state.openTraces.get(id);
    if (trace !== undefined) updateDeadline(state, trace);
  }
}

/** Traces with something complete, in the order in which they were created. */
export function readyTraces({ deadlines, openTraces }: SessionState): Trace[] {
  const traces = Array.from(deadlines.ready, (id) => openTraces.get(id));
  return traces.filter((trace) => trace !== undefined).sort((a, b) => a.createdSeq - b.createdSeq);
}

/** A missing number of a client. */
export interface Gap {
  client: string;
  /** The traces that the client wrote to wait for it until then, epoch ms. */
  until: number;
}

/** The gap of these clients that is waited for longest; undefined when no number is missing. */
export function longestGap(state: SessionState, clients: readonly string[]): Gap | undefined {
  let longest: Gap | undefined;
  for (const client of clients) {
    const since = state.clients.get(client)?.gapSince;
    if (since === undefined) continue;
    const until = since + state.settings.gapWaitMs;
    if (longest === undefined || until > longest.until) longest = { client, until };
  }
  return longest;
}
