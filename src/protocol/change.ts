// An action as the journal keeps it: validated, names resolved, ids derived, values made safe,
// everything that Langfuse takes as text already text. What the pure rooms fold.

export const OBSERVATION_TYPES = [
  "span",
  "generation",
  "event",
  "embedding",
  "agent",
  "tool",
  "chain",
  "retriever",
  "guardrail",
  "evaluator",
] as const;
export type ObservationType = (typeof OBSERVATION_TYPES)[number];

export const LEVELS = ["DEBUG", "DEFAULT", "WARNING", "ERROR"] as const;
export type Level = (typeof LEVELS)[number];

/** The kind of writer that sent an action. */
export type Writer = "browser" | "server";

/** Fields of an observation. Times are epoch milliseconds (may have fractions); texts are final. */
export interface Fields {
  name?: string;
  startTime?: number;
  endTime?: number;
  /** A string as it is; any other value as JSON text. */
  input?: string;
  output?: string;
  level?: Level;
  statusMessage?: string;
  version?: string;
  model?: string;
  /** JSON text of an object. */
  modelParameters?: string;
  /** JSON text of an object of numbers. */
  usageDetails?: string;
  costDetails?: string;
  /**
   * JSON text of the model's prices (model-price.ts), where the operator has set some: they are for the model
   * that the same action names. Never sent to Langfuse.
   */
  prices?: string;
  completionStartTime?: number;
  promptName?: string;
  promptVersion?: number;
}
export type FieldName = keyof Fields;

/** Fields of a trace that are written on every observation of it. */
export interface TraceFields {
  name?: string;
  sessionId?: string;
  userId?: string;
  release?: string;
  version?: string;
  environment?: string;
  public?: boolean;
}
export type TraceFieldName = keyof TraceFields;

/** One change to one observation, or to a trace (which becomes its root observation). */
export interface Change {
  kind: "change";
  op: "create" | "update" | "end";
  /** Langfuse trace id. */
  trace: string;
  /** The client's own trace id, where it is another. */
  rawTrace?: string;
  /** Langfuse observation id; for a trace action the root's. */
  target: string;
  /** The client's own observation id, where it is another. */
  rawTarget?: string;
  /** Set on trace actions: the target is the trace's root. */
  root?: true;
  /**
   * Written by a client of Langfuse's API of before v4, whose rules hold for it. With `root` it is that API's
   * trace record: a target of its own, which becomes the root where nobody else made one.
   */
  legacy?: true;
  /** … of a trace that a page began: its trace record hangs below the page's root. */
  joined?: true;
  /** … of a trace that a page may have begun: its trace record is a root, and has an id of its own. */
  apart?: true;
  /** Fields whose values stand only where no other write of them does. */
  weak?: FieldName[];
  /** On a create of an observation. */
  type?: ObservationType;
  /** Langfuse id of the parent observation; without it the parent is the root. */
  parent?: string;
  fields?: Fields;
  traceFields?: TraceFields;
  /** Key and text; objects as JSON text. A list, since keys are the user's. */
  metadata?: [key: string, text: string][];
  tags?: string[];
  /** Notes on values that were made safe at the edge, for the record's metadata. */
  notes?: string[];
}

/** A score, as Langfuse's score body. It is complete when it arrives. */
export interface ScoreChange {
  kind: "score";
  /** Langfuse trace id, or empty for a score of a session. */
  trace: string;
  rawTrace?: string;
  id: string;
  /** JSON text of Langfuse's score body, with `id` and Langfuse's own ids in it. */
  body: string;
  /** As of a change. */
  legacy?: true;
  notes?: string[];
}

/** One action on its way into a session. */
export interface Action {
  /** The client's `id` of the action, or an id derived for a create that had none. */
  id?: string;
  /** Counts per client and ordering key. */
  seq?: number;
  /** When it happened on the client's clock, epoch ms. Filled in when journalled if absent. */
  at?: number;
  change: Change | ScoreChange;
  /** The Worker's own `beforeStore` dropped it, for this reason: it is counted, and nothing of it is kept. */
  drop?: string;
}
