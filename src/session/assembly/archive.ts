// Traces with nothing left to seal: remembered, so that late actions find what they are late for.
import { MAX_PROPAGATED_LENGTH } from "../../protocol/limits.ts";
import type { SessionState } from "../state.ts";
import type { Trace } from "./assembly-state.ts";
import { newTrace } from "./trace.ts";

/** So many of the latest traces keep their attributes for late observations; older ones only ids. */
export const ATTRIBUTES_KEPT = 64;

/** The trace, opened again or for the first time. */
export function openTrace(state: SessionState, id: string, createdSeq: number): Trace {
  const open = state.openTraces.get(id);
  if (open !== undefined) return open;
  const trace = state.sealedTraces.get(id) ?? newTrace(id, state.t);
  trace.createdSeq = createdSeq;
  state.sealedTraces.delete(id);
  state.openTraces.set(id, trace);
  return trace;
}

export function archiveTrace(state: SessionState, trace: Trace): void {
  if (!state.openTraces.delete(trace.id)) return;
  delete trace.lateSince;
  // A trace that only scores spoke of has nothing that could come late, whatever session they named.
  if (trace.sealed.size === 0) return;
  for (const [key, register] of trace.metadata) {
    if (!isShort(register.v)) trace.metadata.delete(key);
  }
  trace.clients = [];
  state.sealedTraces.set(trace.id, trace);
  state.recentTraceIds.push(trace.id);
  const kept = state.settings.lane?.attributesKept ?? ATTRIBUTES_KEPT;
  const bare = state.recentTraceIds.length > kept ? state.recentTraceIds.shift() : undefined;
  const old = bare === undefined ? undefined : state.sealedTraces.get(bare);
  if (old === undefined || state.recentTraceIds.includes(old.id)) return;
  old.metadata.clear();
  old.tags = [];
}

/** Not of what is no text, though nothing else is to be here: what throws would take the session along. */
function isShort(text: unknown): boolean {
  return typeof text === "string" && text.length <= MAX_PROPAGATED_LENGTH;
}
