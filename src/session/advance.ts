// Moves a session's time forward and seals, in order, what falls due on the way. No I/O, no clock:
// one long step seals the same as many short ones, so it does not matter when anybody looks.
import { duesOf, earliest } from "./due.ts";
import { gapUntil } from "./memory.ts";
import { sealDue } from "./seal.ts";
import type { SessionState, Trace } from "./state.ts";

interface Due {
  trace: Trace;
  at: number;
}

export function advance(state: SessionState, to: number): void {
  // Time stands still rather than going back: a clock may, a journal may not.
  const end = Math.max(state.t, to);
  if (state.nextDue === undefined || state.nextDue > end) {
    state.t = end;
    return;
  }
  const queue = dueTraces(state);
  for (let next = queue[0]; next !== undefined && next.at <= end; next = queue[0]) {
    queue.shift();
    state.t = Math.max(state.t, next.at);
    sealDue(state, next.trace, state.t);
    // Sealing one part of a trace can leave another that is due before the next trace's.
    const again = dueTime(state, next.trace);
    if (again !== undefined) insert(queue, { trace: next.trace, at: again });
  }
  const next = queue[0];
  if (next === undefined) delete state.nextDue;
  else state.nextDue = next.at;
  state.t = end;
}

function dueTraces(state: SessionState): Due[] {
  const due: Due[] = [];
  for (const trace of state.live.values()) {
    const at = dueTime(state, trace);
    if (at !== undefined) due.push({ trace, at });
  }
  return due.sort(inOrder);
}

function dueTime(state: SessionState, trace: Trace): number | undefined {
  return earliest(duesOf(trace, state.settings, gapUntil(state, trace.clients)));
}

function insert(queue: Due[], due: Due): void {
  const index = queue.findIndex((other) => inOrder(due, other) < 0);
  queue.splice(index < 0 ? queue.length : index, 0, due);
}

function inOrder(a: Due, b: Due): number {
  return a.at - b.at || (a.trace.id < b.trace.id ? -1 : 1);
}
