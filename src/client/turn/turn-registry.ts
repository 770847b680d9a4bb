// The turns of a client that have not ended, and what other entries of the library want to know of them.
// It is kept on the client itself, since a page may have bundled the entries apart from each other.
import type { Experiments } from "../experiments/labels.ts";
import type { SpanHandle, TraceHandle } from "../trace/proxy.ts";

/** A turn as the other entries see it. */
export interface RunningTurn {
  readonly trace: TraceHandle;
  /** The innermost that runs now: the answer, the request; else the trace. */
  readonly running: Pick<SpanHandle, "span" | "event">;
}

export interface Turns {
  /** In the order in which they began. */
  open: Set<RunningTurn>;
  /** The trace of each message that turns have named, and whose it was as far as that was known; the latest last. */
  messages: Map<string, { trace: TraceHandle; owner: string | undefined }>;
  /** Called when a turn is about to end, with the error that ended it. */
  closing: Set<(turn: RunningTurn, error?: unknown) => void>;
  /** Takes an error of a turn; missing until errors are tracked. */
  report?: (error: unknown, turn: RunningTurn) => void;
  /** The client's own. */
  experiments?: Experiments | undefined;
}

const TURNS = Symbol.for("langfuse-edge.turns");

export function turnsOf(client: object): Turns {
  const own = client as { [TURNS]?: Turns };
  return (own[TURNS] ??= { open: new Set(), messages: new Map(), closing: new Set() });
}
