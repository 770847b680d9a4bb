// The state of a session: what its journal says, folded. Plain data (maps, sets, arrays, scalars) that
// a snapshot writes out and reads back whole, and a deadline queue that is made from it. Users' values are in
// it only as text.
import type { RecordKind, SpanOrigin } from "../protocol/record.ts";
import type { AssemblySettings } from "../settings/index.ts";
import { DeadlineQueue } from "./deadlines/deadline-queue.ts";
import { type Books, NEW_BOOKS } from "./dead-letters/books-state.ts";
import { LetterFiles } from "./dead-letters/letter-files.ts";
import type { DeadLetter, LetterStory } from "./dead-letters/letters.ts";
import type { Forgotten } from "./erasure/forgotten-sessions.ts";
import type { Client } from "./dedup/dedup.ts";
import type { Tombstone } from "./erasure/tombstone.ts";
import type {
  Counts,
  FailingKind,
  Lease,
  Ordered,
  PartLease,
  Reservation,
  SetAside,
} from "./outbox/outbox-state.ts";
import type { Seals, Trace } from "./assembly/assembly-state.ts";
import { ObservationNames } from "./assembly/observation-names.ts";
import { type Rules, rulesOf } from "./assembly/rules.ts";
import { EMPTY_WINDOW, type UsageWindow } from "./quota/usage-window.ts";

/** Journals that could not be read; the last of them was put aside. */
export interface Unreadable {
  journals: number;
  /** Of the last one: when it was found, epoch ms, and its length in UTF-16 units. */
  at: number;
  length: number;
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
  /** Langfuse has taken scores of it, and nothing else: seldom, so that other sessions' snapshots stay as they are. */
  scoresOnly?: true;
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
