// A state as text and back. Values that can be made from the others are not written.
import { DeadlineQueue } from "../deadlines/deadline-queue.ts";
import { type Books, NEW_BOOKS } from "../dead-letters/books-state.ts";
import { type LetterFile, LetterFiles } from "../dead-letters/letter-files.ts";
import { deadRecordOf, type LetterStory } from "../dead-letters/letters.ts";
import type {
  Counts,
  Lease,
  Ordered,
  PartLease,
  Reservation,
  SetAside,
} from "../outbox/outbox-state.ts";
import { ObservationNames } from "../assembly/observation-names.ts";
import type { Rules } from "../assembly/rules.ts";
import { type OrderKeyTable, OrderKeyReader, OrderKeyWriter } from "./snapshot-order-keys.ts";
import { traceOf, traceRow } from "./snapshot-trace.ts";
import type { Forgotten } from "../erasure/forgotten-sessions.ts";
import type { Client } from "../dedup/dedup.ts";
import type { SessionState, Unreadable } from "../state.ts";
import type { Tombstone } from "../erasure/tombstone.ts";
import type { Trace } from "../assembly/assembly-state.ts";
import { updateDeadline } from "../deadlines/next-deadline.ts";
import type { SpanOrigin } from "../../protocol/record.ts";
import type { UsageWindow } from "../quota/usage-window.ts";

/** Values that are written as they are. */
interface Plain {
  project: string;
  settings: Rules;
  t: number;
  lastEntry: number;
  usage: UsageWindow;
  actions: number;
  nextSeq: number;
  leases: number;
  recentTraceIds: string[];
  remembered: number;
  forgottenBefore: number;
  idsForgottenBefore: number;
  deadSize: number;
  assembling: number;
  assemblingSize: number;
  outbox: Ordered[];
  outboxSize: number;
  lease?: Lease;
  partLease?: PartLease;
  reserved?: Reservation;
  failing: SessionState["failing"];
  setAside: SetAside[];
  scoresOnly?: true;
  tombstone?: Tombstone;
  forgotten?: Forgotten;
  unreadable?: Unreadable;
}

/** Values of sessions that have taken complete spans; others are as they were before there were such. */
interface SpanValues {
  spans?: number;
  spanIds?: string[];
  origins?: [key: string, origin: SpanOrigin][];
}

interface Overflow {
  /** Of lanes that were full. */
  overflowed?: string[];
  overflowedSessions?: [trace: string, session: string][];
}

interface Snapshot extends Plain, SpanValues, Overflow, OrderKeyTable {
  openTraces: unknown[];
  sealedTraces: unknown[];
  seen: [id: string, client: Client][];
  ids: [id: string, at: number][];
  counts: Omit<Counts, "dropped"> & { dropped: [reason: string, actions: number][] };
  /** The first release wrote their whole records here. */
  deadLetters: LetterFile[] | SessionState["deadLetters"];
  /** Absent in the first release's, as is the next. */
  replayed?: [ordinal: number, story: LetterStory][];
  books?: Books;
}

export function writeSnapshot(state: SessionState): string {
  const {
    openTraces,
    sealedTraces,
    clients,
    ids,
    spans,
    spanIds,
    origins,
    overflowed,
    overflowedSessions,
    counts,
    deadlines: _deadlines,
    observationNames: _observationNames,
    unwritten: _unwritten,
    letterFiles: _letterFiles,
    replayed,
    ...plain
  } = state;
  const stamps = new OrderKeyWriter();
  const rows = (traces: ReadonlyMap<string, Trace>): unknown[] =>
    Array.from(traces.values(), (trace) => traceRow(trace, stamps));
  const snapshot: Snapshot = {
    ...plain,
    ...(spans > 0 && { spans, spanIds: [...spanIds], origins: [...origins] }),
    ...(overflowed.size > 0 && { overflowed: [...overflowed] }),
    ...(overflowedSessions.size > 0 && { overflowedSessions: [...overflowedSessions] }),
    openTraces: rows(openTraces),
    sealedTraces: rows(sealedTraces),
    seen: [...clients],
    ids: [...ids],
    counts: { ...counts, dropped: [...counts.dropped] },
    ...(replayed.size > 0 && { replayed: [...replayed] }),
    ...stamps.table,
  };
  return JSON.stringify(snapshot);
}

export function readSnapshot(text: string): SessionState {
  const {
    openTraces,
    sealedTraces,
    seen,
    ids,
    spans = 0,
    spanIds = [],
    origins = [],
    overflowed = [],
    overflowedSessions = [],
    counts,
    clients,
    stamps,
    deadLetters,
    replayed = [],
    books,
    ...plain
  } = JSON.parse(text) as Snapshot;
  const reader = new OrderKeyReader({ clients, stamps });
  const traces = (rows: readonly unknown[]): Map<string, Trace> => {
    const map = new Map<string, Trace>();
    for (const row of rows) {
      const trace = traceOf(row, reader);
      map.set(trace.id, trace);
    }
    return map;
  };
  const state: SessionState = {
    ...plain,
    openTraces: traces(openTraces),
    sealedTraces: traces(sealedTraces),
    clients: new Map(seen),
    ids: new Map(ids),
    spans,
    spanIds: new Set(spanIds),
    origins: new Map(origins),
    overflowed: new Set(overflowed),
    overflowedSessions: new Map(overflowedSessions),
    counts: { ...counts, dropped: new Map(counts.dropped) },
    deadlines: new DeadlineQueue(),
    observationNames: new ObservationNames(),
    unwritten: [],
    ...lettersOf(deadLetters, replayed, plain.outbox),
    books: books ?? {
      ...NEW_BOOKS,
      born: plain.t,
      letters: deadLetters.length,
      changedAt: plain.t,
    },
  };
  for (const trace of state.openTraces.values()) {
    updateDeadline(state, trace);
    for (const { id, raw = id, legacyAt } of trace.drafts.values()) {
      if (legacyAt !== undefined) state.observationNames.put(raw, trace.id);
    }
  }
  return state;
}

/** Whole records go into keys of their own with the next write. */
function lettersOf(
  deadLetters: Snapshot["deadLetters"],
  replayed: NonNullable<Snapshot["replayed"]>,
  outbox: readonly Ordered[],
): Pick<SessionState, "deadLetters" | "letterFiles" | "replayed"> {
  const letterFiles = new LetterFiles();
  const waiting = new Set(outbox.map(({ ordinal }) => ordinal));
  // An earlier version, which knew of no replays, has delivered the others.
  for (const [ordinal] of replayed) if (!waiting.has(ordinal)) letterFiles.remove(ordinal);
  const letters = deadLetters.map((letter) => {
    if (isWhole(letter)) letterFiles.put(letter);
    return { ...letter, record: deadRecordOf(letter.record as LetterFile["record"]) };
  });
  const left = replayed.filter(([ordinal]) => waiting.has(ordinal));
  return { deadLetters: letters, letterFiles, replayed: new Map(left) };
}

function isWhole(letter: Snapshot["deadLetters"][number]): letter is LetterFile {
  return "traceId" in letter.record || "body" in letter.record;
}
