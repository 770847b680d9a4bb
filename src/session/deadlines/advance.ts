// Moves a session's time forward and seals, in order, what falls due on the way. No I/O, no clock:
// one long step seals the same as many short ones, so it does not matter when anybody looks.
import { sealDue } from "../assembly/seal.ts";
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
    sealDue(state, next.trace, state.t);
    // Sealing one part of a trace can leave another that is due before the next trace's.
    updateDeadline(state, next.trace);
  }
  state.t = end;
}
