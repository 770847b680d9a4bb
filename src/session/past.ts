// Traces with nothing left to seal: remembered, so that late actions find what they are late for.
import { MAX_PROPAGATED_LENGTH } from "../protocol/limits.ts";
import type { SessionState, Trace } from "./state.ts";
import { newTrace } from "./trace.ts";

/** So many of the latest traces keep their attributes for late observations; older ones only ids. */
export const ATTRIBUTES_KEPT = 64;

/** The trace, live again or for the first time. */
export function liveTrace(state: SessionState, id: string, place: number): Trace {
  const live = state.live.get(id);
  if (live !== undefined) return live;
  const trace = state.past.get(id) ?? newTrace(id, state.t);
  trace.place = place;
  state.past.delete(id);
  state.live.set(id, trace);
  return trace;
}

export function retire(state: SessionState, trace: Trace): void {
  if (!state.live.delete(trace.id)) return;
  delete trace.lateSince;
  // A trace that only scores spoke of has nothing that could come late, whatever session they named.
  if (trace.sealed.size === 0) return;
  for (const [key, register] of trace.metadata) {
    if (register.v.length > MAX_PROPAGATED_LENGTH) trace.metadata.delete(key);
  }
  trace.clients = [];
  state.past.set(trace.id, trace);
  state.attributed.push(trace.id);
  const bare = state.attributed.length > ATTRIBUTES_KEPT ? state.attributed.shift() : undefined;
  const old = bare === undefined ? undefined : state.past.get(bare);
  if (old === undefined || state.attributed.includes(old.id)) return;
  old.metadata.clear();
  old.tags = [];
}
