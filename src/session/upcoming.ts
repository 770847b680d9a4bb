// Keeps a session's agenda, and says which of its traces is due next. No I/O, no clock. Invariant: no
// trace stands in the agenda later than it is due. What makes a trace due later is not told to the
// agenda (most actions do): it is found when its turn comes, once, and not with each action.
import { duesOf, earliest } from "./due.ts";
import { longestGap } from "./gap.ts";
import type { SessionState, Trace } from "./state.ts";

export interface Upcoming {
  trace: Trace;
  /** Epoch ms. */
  at: number;
}

/** The trace that is due first; of two at the same moment, the one with the lesser id. */
export function upcoming(state: SessionState): Upcoming | undefined {
  const { agenda, live, settings } = state;
  for (let first = agenda.first(); first !== undefined; first = agenda.first()) {
    const trace = live.get(first.id);
    const gap = trace && longestGap(state, trace.clients);
    const at = trace && earliest(duesOf(trace, settings, gap?.until));
    if (trace === undefined || at === undefined) agenda.remove(first.id);
    else if (at <= first.at) return { trace, at };
    else {
      agenda.put(first.id, at);
      // A gap that closes makes due at once what waited for it.
      if (gap !== undefined) agenda.wait(gap.client, first.id);
    }
  }
  return undefined;
}

/** After any change of a trace. */
export function noteDue({ agenda, live, settings }: SessionState, trace: Trace): void {
  const { id } = trace;
  const dues = live.has(id) ? duesOf(trace, settings, undefined) : {};
  if (dues.end !== undefined || dues.complete !== undefined) agenda.ready.add(id);
  else agenda.ready.delete(id);
  const at = earliest(dues);
  if (at === undefined) agenda.remove(id);
  else if (at < (agenda.at(id) ?? Number.POSITIVE_INFINITY)) agenda.put(id, at);
}

/** After a client's gap has closed, or the client was forgotten. */
export function noteGapClosed(state: SessionState, client: string): void {
  for (const id of state.agenda.released(client)) {
    const trace = state.live.get(id);
    if (trace !== undefined) noteDue(state, trace);
  }
}

/** What is complete, in the order in which its traces came to life. */
export function readyTraces({ agenda, live }: SessionState): Trace[] {
  const traces = Array.from(agenda.ready, (id) => live.get(id));
  return traces.filter((trace) => trace !== undefined).sort((a, b) => a.place - b.place);
}
