// The state of what is assembled: traces, the drafts of their observations and scores, and what is remembered
// of those that were sealed. Plain data; users' values are in it only as text.
import type { FieldName, ObservationType, TraceFieldName } from "../../protocol/change.ts";
import type { LegacyTrace } from "./legacy.ts";
import type { Register } from "./order-key.ts";

/** An observation (or a trace's root) being assembled. */
export interface Draft {
  /** Langfuse observation id. */
  id: string;
  /** Number of the action that it began with: drafts are sealed in this order, and its record's ordinal. */
  createdSeq: number;
  /** The client's own id, where it is another. */
  raw?: string;
  /** Whether its create was seen: nothing is ever written under an id whose create was not. */
  created: boolean;
  type?: Register<ObservationType>;
  parent?: Register<string>;
  fields: Map<FieldName, Register<string | number>>;
  metadata: Map<string, Register<string>>;
  notes: string[];
  /** Actions that it represents. */
  actions: number;
  size: number;
  /** Earliest `at` of a create, latest `at` of any action; epoch ms, corrected clock. */
  createdAt?: number;
  lastAt: number;
  /** Arrival of the latest change of a client of Langfuse's older API, whose rules then hold for it. */
  legacyAt?: number;
}

export interface ScoreDraft {
  id: string;
  /** Number of the action that it began with, and its record's ordinal. */
  createdSeq: number;
  body: Register<string>;
  actions: number;
}

/** The memory of a target after records about it were sealed. */
export interface SealedTarget {
  /** Sealed under its own id: never written again. */
  done: boolean;
  /** Late records about it that were sealed. */
  late: number;
  /** When it was sealed, epoch ms. */
  at: number;
}

/** What the observations of a trace took that have been sealed, or are sealed with its root. */
export interface Totals {
  tokens: number;
  /** US dollars. */
  cost: number;
  /** Observations with tokens whose cost nobody knows here. */
  unpriced: number;
}

/** What SAMPLING says of a trace, once and for all. */
export interface Verdict {
  kept: boolean;
  /** Of the traces like it that are kept. */
  share: number;
}

export interface Trace {
  /** Langfuse trace id; empty for scores of the session. */
  id: string;
  /** Number of the action that it came to life with: a flush with `deliver` seals traces in this order. */
  createdSeq: number;
  raw?: string;
  rootId: string;
  fields: Map<TraceFieldName, Register<string | boolean>>;
  tags: string[];
  /** Metadata that every record of the trace carries; values too long for that are cut to one unit more. */
  metadata: Map<string, Register<string>>;
  /** By Langfuse observation id, the root among them. */
  drafts: Map<string, Draft>;
  scores: Map<string, ScoreDraft>;
  /** Actions for what is sealed already, by what they speak of. */
  late: Map<string, Draft>;
  sealed: Map<string, SealedTarget>;
  /** Size of what is not sealed, in UTF-16 units of its texts. */
  size: number;
  /** Clients that wrote to it: their missing numbers are waited for. */
  clients: string[];
  /** Arrival of what ended it, or the moment it was sealed as idle. */
  endedSince?: number;
  /** Drafts that are created and not ended, the root apart. */
  open: number;
  /** Those of them for which nothing waits for long (legacy.ts). */
  resting: number;
  /** Drafts that are complete and not sealed, the root apart; of legacy clients, in the order of their last change. */
  ready: Set<string>;
  /** Drafts whose create was not seen. */
  unseen: Set<string>;
  /** Complete drafts and scores, the root apart: since when, and how large. */
  completeSince?: number;
  completeSize: number;
  /** Since when a late or never created action waits. */
  lateSince?: number;
  lastArrival: number;
  /** Latest moment of the client's that any action told of. */
  lastMoment: number;
  legacy?: LegacyTrace;
  /** Absent until it was decided, and where all is kept. */
  verdict?: Verdict;
  /** An ended trace waits for what may still decide otherwise, epoch ms; made anew, never stored. */
  heldUntil?: number;
  /** Absent where no observation had usage or cost. */
  totals?: Totals;
}

/** Parts of a trace that were sealed at one moment, until the journal has it. */
export interface Seals {
  k: "seal";
  /** Epoch ms. */
  t: number;
  trace: string;
  /** The number of the action that each part began with, in the order in which they were sealed. */
  createdSeqs: number[];
  /** Open drafts were closed. */
  abandoned?: true;
  /** What was decided of the trace with these parts. */
  verdict?: Verdict;
}
