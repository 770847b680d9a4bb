// Moves a session's time forward and seals, in order, what falls due on the way. No I/O, no clock:
// one long step seals the same as many short ones, so it does not matter when the alarm runs.
import { sealDue } from "../assembly/seal.ts";
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

/** A trace of which nothing was sealed, and that is still due, would be due for ever: it waits for its next change. */
function leaveStuck(state: SessionState, trace: Trace): void {
  const next = nextDeadline(state);
  if (next?.trace === trace && next.at <= state.t) state.deadlines.remove(trace.id);
}
