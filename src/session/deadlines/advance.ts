// Moves a session's time forward and seals, in order, what falls due on the way. No I/O, no clock:
// one long step seals the same as many short ones, so it does not matter when the alarm runs.
import { sealDue } from "../assembly/seal.ts";
import { completeOf, lateOf } from "../assembly/parts.ts";
import type { Trace } from "../assembly/assembly-state.ts";
import type { SessionState } from "../state.ts";
import { updateDeadline, nextDeadline } from "./next-deadline.ts";

export function advance(state: SessionState, to: number): void {
  // Time stands still rather than going back: a clock may, a journal may not.
  const end = Math.max(state.t, to);
  for (
    let next = nextDeadline(state);
    next !== undefined && next.at <= end;
    next = nextDeadline(state)
  ) {
    state.t = Math.max(state.t, next.at);
    const { nextSeq } = state;
    sealDue(state, next.trace, state.t);
    // Sealing one part of a trace can leave another that is due before the next trace's.
    updateDeadline(state, next.trace);
    if (state.nextSeq === nextSeq) leaveStuck(state, next.trace);
  }
  state.t = end;
}

/**
 * A trace of which nothing was sealed, and that is still due, would be due for ever: that is a fault of ours. What it
 * is due for and does not have is taken back, so that it is closed when it was silent for long, as any other; where
 * that is not enough it waits for its next change.
 */
function leaveStuck(state: SessionState, trace: Trace): void {
  if (!isStillDue(state, trace)) return;
  if (completeOf(trace, false).length === 0) delete trace.completeSince;
  if (lateOf(trace).length === 0) delete trace.lateSince;
  state.deadlines.remove(trace.id);
  updateDeadline(state, trace);
  if (isStillDue(state, trace)) state.deadlines.remove(trace.id);
}

function isStillDue(state: SessionState, trace: Trace): boolean {
  const next = nextDeadline(state);
  return next?.trace === trace && next.at <= state.t;
}
