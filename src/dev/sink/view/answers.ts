// What the sink tells those who look at what arrived, as JSON: pages and tests read it. Only types, and
// of no platform.
import type { Json } from "../../../protocol/json/safe.ts";
import type { Finding } from "../inspect/finding.ts";

export interface SeenObservation {
  traceId: string;
  id: string;
  parentId?: string;
  /** No parent, or marked as an application's root. */
  root: boolean;
  type: string;
  name: string;
  level: string;
  statusMessage?: string;
  /** Epoch ms, with fractions. */
  startTime: number;
  endTime: number;
  latencyMs: number;
  completionStartTime?: number;
  timeToFirstTokenMs?: number;
  input?: string;
  output?: string;
  /** As it comes back: its own, and the trace's over it. */
  metadata: Record<string, Json>;
  model?: string;
  modelParameters?: Record<string, string | number>;
  usage?: Record<string, number>;
  cost?: Record<string, number>;
  promptName?: string;
  promptVersion?: string;
  version?: string;
  release?: string;
  environment: string;
  traceName?: string;
  sessionId?: string;
  userId?: string;
  tags: string[];
  public?: boolean;
  /** Of the trace, as it is stored. */
  traceMetadata: Record<string, string>;
  scope: string;
}

/** An observation without its large texts: what lists and trees need, small enough to keep beside it. */
export type BriefObservation = Omit<
  SeenObservation,
  "input" | "output" | "metadata" | "traceMetadata" | "modelParameters"
>;

/** A score to store; one with the same id replaces it. */
export interface KeptScore {
  id: string;
  /** Empty for a score of a session. */
  traceId: string;
  observationId?: string;
  sessionId?: string;
  name: string;
  value: string;
  comment?: string;
  /** As it comes back. */
  metadata?: Record<string, Json>;
  /** The score body, as JSON text. */
  body: string;
}

export interface TraceNode<O = SeenObservation> {
  observation: O;
  depth: number;
  /** Names a parent that the trace does not have, and is no root. */
  orphan: boolean;
  /** How often it was received; more than once means doubled in Langfuse, for a while or for good. */
  copies: number;
}

export interface SeenTrace<O = SeenObservation> {
  id: string;
  name: string;
  sessionId?: string;
  userId?: string;
  tags: string[];
  environment: string;
  release?: string;
  startTime: number;
  endTime: number;
  latencyMs: number;
  /** From the trace's start to the first token of its first generation. */
  timeToFirstTokenMs?: number;
  /** Ids of the root observations: exactly one in a good trace. */
  roots: string[];
  /** Each once, parents before their children, siblings by time. */
  nodes: TraceNode<O>[];
  scores: KeptScore[];
}

export interface SeenFinding extends Finding {
  /** Epoch ms. */
  at: number;
}

/** How the stand-in misbehaves, to try failures. Empty: it works. */
export interface Behaviour {
  /** Answer with this error instead of taking anything. */
  status?: number | undefined;
  /** Wait this long before answering. */
  delayMs?: number | undefined;
  /** Seconds or an HTTP date, beside `status`. */
  retryAfter?: string | number | undefined;
  /** Answer with a login page. */
  html?: boolean | undefined;
  /** Redirect to this URL. */
  redirect?: string | undefined;
  /** Refuse the observations and scores of this name, in the words in which Langfuse refuses a malformed one. */
  refuse?: string | undefined;
  /** For this many requests; then it works again. Without it: until it is set anew. */
  times?: number | undefined;
}

export interface RequestCounts {
  /** By API and status of the answer. */
  answers: { api: Api; status: number; count: number }[];
  /** The status of the last answer of each API. */
  last: { [A in Api]?: number };
  /** Stored and not dropped; copies of an observation count. */
  observations: number;
  scores: number;
  /** Traces dropped because the sink is bounded. */
  dropped: number;
  /** Changes with all that the sink stores. */
  revision: number;
}

export interface Bar {
  left: number;
  width: number;
  /** The first token, if there was one. */
  mark?: number;
}

/** A trace as it is drawn. */
export interface DrawnTrace<O = BriefObservation> extends Omit<SeenTrace<O>, "nodes"> {
  nodes: (TraceNode<O> & { bar: Bar })[];
  /** Observations that are left out. */
  more: number;
}

export interface Overview {
  counts: RequestCounts;
  behaviour: Behaviour;
  findings: SeenFinding[];
  traces: DrawnTrace[];
}

export type Api = "otlp" | "ingestion";
