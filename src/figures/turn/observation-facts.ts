// The facts of one observation, however it came: assembled here out of actions, or as a finished span of an
// OpenTelemetry client. Pure.
import type { Level } from "../../protocol/change.ts";

export interface ObservationFacts {
  traceId: string;
  /** The trace's root: it counts as the turn. */
  root: boolean;
  /** An observation's type in Langfuse's words. */
  type: string;
  name: string;
  /** Epoch ms. */
  startTime: number;
  endTime: number;
  level?: Level;
  statusMessage?: string;
  model?: string;
  /** Tokens by kind, as Langfuse's usage details have them. */
  usage?: Readonly<Record<string, number>>;
  /** US dollars by kind. */
  costs?: Readonly<Record<string, number>>;
  /** When the first token came, epoch ms. */
  completionStart?: number;
  /** Of an error that a span tells as an event. */
  exception?: { type?: string; message?: string; stack?: string };
  trace: TraceLabels;
  /** The observation's own, then its trace's; undefined where neither has the key. */
  metadata: (key: string) => string | undefined;
}

export interface TraceLabels {
  name?: string;
  session?: string;
  user?: string;
  release?: string;
  environment?: string;
  /** Trace-wide metadata. */
  metadata: ReadonlyMap<string, string>;
}
