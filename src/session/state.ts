// The state of a session: what its journal says, folded. Plain data (maps, sets, arrays, scalars) that
// a snapshot writes out and reads back whole, and a deadline queue that is made from it. Users' values are in
// it only as text.
import type { FieldName, ObservationType, TraceFieldName } from "../protocol/change.ts";
import type { RecordKind, SpanOrigin } from "../protocol/record.ts";
import type { FailedTries, SetAsideRecord } from "../protocol/session-calls.ts";
import type { AssemblySettings } from "../settings/index.ts";
import { DeadlineQueue } from "./deadlines/deadline-queue.ts";
import { type Books, NEW_BOOKS } from "./dead-letters/books-state.ts";
import { LetterFiles } from "./dead-letters/letter-files.ts";
import type { DeadLetter, LetterStory } from "./dead-letters/letters.ts";
import type { Forgotten } from "./erasure/forgotten-sessions.ts";
import type { Counts, Lease, Ordered, PartLease, Reservation } from "./outbox/outbox-state.ts";
import type { LegacyTrace } from "./assembly/legacy.ts";
import { ObservationNames } from "./assembly/observation-names.ts";
import { type Rules, rulesOf } from "./assembly/rules.ts";
import { EMPTY_WINDOW, type UsageWindow } from "./quota/usage-window.ts";

/**
 * The order of an action: a create ranks before updates (Langfuse's own rule), then the client's number
 * (the moment, where it gave none); between clients, the moment.
 */
export type OrderKey = readonly [rank: number, at: number, client: string, seq: number];

/** A value and the order key of the action that wrote it. */
export interface Write<T> {
  v: T;
  s: OrderKey;
}

/** The write that stands, and the latest ones of other clients: the same in whatever order they come. */
export interface Register<T> extends Write<T> {
  rest?: Write<T>[];
}

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

/** The memory of a client, to know repeats and to see gaps. */
export interface Client {
  /** Numbers seen, as sorted, disjoint, inclusive ranges. */
  seen: [low: number, high: number][];
  /** Below this, what is not in `seen` can't be told apart any more. */
  floor: number;
  /** Since when a number is missing. */
  gapSince?: number;
  /** Numbers up to this one that are missing have been waited for; they are not any more. */
  givenUp: number;
  /** Latest arrival of an action of this client. */
  lastArrival: number;
  /** Offset added to this client's times, ms; 0 when its clock is right enough. */
  offset: number;
}

/** The rest of a session that was deleted: no payload, no id. */
export interface Tombstone {
  /** When it was deleted, epoch ms. */
  at: number;
  /** Records that may be in a delivery. */
  inFlight: InFlight[];
}

/** A record by its ordinal: how many actions it stands for, and whether it is leased for its figures alone. */
export type InFlight = [ordinal: number, actions: number, sampledOut?: true];

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

/** Journals that could not be read; the last of them was put aside. */
export interface Unreadable {
  journals: number;
  /** Of the last one: when it was found, epoch ms, and its length in UTF-16 units. */
  at: number;
  length: number;
}

export interface FailingKind extends FailedTries {
  /** Epoch ms. */
  notBefore: number;
}

export interface SetAside extends SetAsideRecord {
  /** Epoch ms. */
  notBefore: number;
}

export interface SessionState {
  project: string;
  settings: Rules;
  /** The session's time, epoch ms; it never goes back. */
  t: number;
  /** Arrival of the latest actions: silence is counted from here. */
  lastEntry: number;
  /** Use of the session's quota by pages. */
  usage: UsageWindow;
  /** Actions journalled so far: fills in for a number that a client did not give. */
  actions: number;
  /** Complete spans journalled so far; their records are numbered downwards. */
  spans: number;
  /** The next record's number in the order of sealing. */
  nextSeq: number;
  leases: number;
  /** Traces with something to seal, by Langfuse id. */
  openTraces: Map<string, Trace>;
  /** Traces with nothing to seal, remembered; oldest first. */
  sealedTraces: Map<string, Trace>;
  /** Ids of sealed traces that still have their attributes; oldest first. */
  recentTraceIds: string[];
  /** Sealed targets that `openTraces` and `sealedTraces` remember. */
  remembered: number;
  clients: Map<string, Client>;
  /** Ids of actions, with their arrival; oldest first. */
  ids: Map<string, number>;
  /** Complete spans that were taken, by trace and id; oldest first. */
  spanIds: Set<string>;
  /** Resources and scopes of the spans that are kept, by their keys. */
  origins: Map<string, SpanOrigin>;
  /** Traces for which the object, a lane, had no room, by their hashes; oldest first. */
  overflowed: Set<string>;
  /** Those of them that named a session: its hash, by the trace's id. */
  overflowedSessions: Map<string, string>;
  /** Actions older than this may have been forgotten; epoch ms. */
  forgottenBefore: number;
  /** The same, of actions that only their id identifies. */
  idsForgottenBefore: number;
  /** The deadline of each open trace; made from `openTraces` and `clients`, never stored. */
  deadlines: DeadlineQueue;
  /** Likewise, of drafts of legacy clients. */
  observationNames: ObservationNames;
  /** Size of the dead letters' records. */
  deadSize: number;
  /** Drafts, scores and late drafts of open traces: how many, and the size of their texts. */
  assembling: number;
  assemblingSize: number;
  outbox: Ordered[];
  /** Size of its records. */
  outboxSize: number;
  /** Sealed since the journal was last written; never part of a snapshot, which has their records. */
  unwritten: Seals[];
  lease?: Lease;
  /** Beside it, or alone: an earlier one, of which one kind is still out. */
  partLease?: PartLease;
  reserved?: Reservation;
  /** Each kind whose last try failed: the tries, and when the next may be. */
  failing: Partial<Record<RecordKind, FailingKind>>;
  /** Records in the outbox whose own content seems at fault: nothing waits for them. */
  setAside: SetAside[];
  /** Oldest first; their records are in keys of their own. */
  deadLetters: DeadLetter[];
  /** Records in the outbox that were dead before, by ordinal. */
  replayed: Map<number, LetterStory>;
  /** Records of dead letters that have to be put into keys of their own, or removed; never stored. */
  letterFiles: LetterFiles;
  books: Books;
  counts: Counts;
  tombstone?: Tombstone;
  /** Sessions that were forgotten where others stay; absent where none was. */
  forgotten?: Forgotten;
  unreadable?: Unreadable;
}

/** The state of a session that nobody has written to yet. */
export function emptyState(project: string, settings: AssemblySettings): SessionState {
  return {
    project,
    settings: rulesOf(settings),
    t: 0,
    lastEntry: 0,
    usage: EMPTY_WINDOW,
    actions: 0,
    spans: 0,
    nextSeq: 1,
    leases: 0,
    openTraces: new Map(),
    sealedTraces: new Map(),
    recentTraceIds: [],
    remembered: 0,
    clients: new Map(),
    ids: new Map(),
    spanIds: new Set(),
    origins: new Map(),
    overflowed: new Set(),
    overflowedSessions: new Map(),
    forgottenBefore: 0,
    idsForgottenBefore: 0,
    deadlines: new DeadlineQueue(),
    observationNames: new ObservationNames(),
    deadSize: 0,
    assembling: 0,
    assemblingSize: 0,
    outbox: [],
    outboxSize: 0,
    unwritten: [],
    failing: {},
    setAside: [],
    deadLetters: [],
    replayed: new Map(),
    letterFiles: new LetterFiles(),
    books: NEW_BOOKS,
    counts: { accepted: 0, delivered: 0, dead: 0, dropped: new Map(), unknown: 0 },
  };
}

/** Accepted actions that are given up, for a reason that the books show. */
export function addDropped({ counts }: SessionState, reason: string, actions: number): void {
  counts.dropped.set(reason, (counts.dropped.get(reason) ?? 0) + actions);
}

/** Nothing to assemble and nothing to deliver: all that is left is memory. */
export function isDrained(state: SessionState): boolean {
  return state.assembling === 0 && state.outbox.length === 0;
}

/** Observations and scores that Langfuse does not have yet. */
export function pendingOf(state: SessionState): number {
  return state.assembling + state.outbox.length;
}
