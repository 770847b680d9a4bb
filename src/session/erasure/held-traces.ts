// The traces that an object knows as its session's: parts of them may lie in other objects, which know no session.
// No I/O, no clock.
import type { HeldTraces } from "../../protocol/session/erasure-calls.ts";
import { tracesOfSpans } from "../spans/fold-spans.ts";
import type { SessionState } from "../state.ts";

/** Traces that are told of, the latest: more than a day of chat has. */
export const MAX_HELD_TRACES = 512;

export function heldTraces(state: SessionState): HeldTraces {
  const { openTraces, sealedTraces, spans } = state;
  const known = [...sealedTraces.keys(), ...tracesOfSpans(state), ...openTraces.keys()];
  const traces = [...new Set(known.toReversed())].filter((id) => id !== "");
  const more = traces.length - MAX_HELD_TRACES;
  return {
    traces: traces.slice(0, MAX_HELD_TRACES),
    ...(spans > 0 && { spans: true as const }),
    ...(more > 0 && { more }),
  };
}
