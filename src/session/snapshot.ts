// A state as text and back. What can be made from the rest is not written.
import type { SealedRecord } from "../protocol/record.ts";
import type { AssemblySettings } from "../settings.ts";
import { Agenda } from "./agenda.ts";
import { type StampTable, StampReader, StampWriter } from "./snapshot-stamps.ts";
import { type TraceRow, traceOf, traceRow } from "./snapshot-trace.ts";
import type {
  Client,
  Counts,
  DeadLetter,
  Lease,
  Reservation,
  SessionState,
  SetAside,
  Tombstone,
  Trace,
} from "./state.ts";
import { noteDue } from "./upcoming.ts";
import { UNUSED, type Used } from "./used.ts";

/** What is written as it is. */
interface Plain {
  project: string;
  settings: AssemblySettings;
  t: number;
  lastEntry: number;
  /** Absent where it was written before there was a quota. */
  used?: Used;
  actions: number;
  ordinal: number;
  leases: number;
  attributed: string[];
  remembered: number;
  horizon: number;
  idHorizon: number;
  deadSize: number;
  assembling: number;
  assemblingSize: number;
  outbox: SealedRecord[];
  outboxSize: number;
  lease?: Lease;
  reserved?: Reservation;
  failing?: SessionState["failing"];
  setAside?: SetAside[];
  /** Written by versions that did not tell kinds apart, and for them. */
  attempts: number;
  notBefore?: number;
  deadLetters: DeadLetter[];
  tombstone?: Tombstone;
}

interface Snapshot extends Plain, StampTable {
  live: TraceRow[];
  past: TraceRow[];
  seen: [id: string, client: Client][];
  ids: [id: string, at: number][];
  counts: Omit<Counts, "dropped"> & { dropped: [reason: string, actions: number][] };
}

export function writeSnapshot(state: SessionState): string {
  const { live, past, clients, ids, counts, agenda: _agenda, ...plain } = state;
  const stamps = new StampWriter();
  const rows = (traces: ReadonlyMap<string, Trace>): TraceRow[] =>
    Array.from(traces.values(), (trace) => traceRow(trace, stamps));
  const snapshot: Snapshot = {
    ...plain,
    attempts: 0,
    live: rows(live),
    past: rows(past),
    seen: [...clients],
    ids: [...ids],
    counts: { ...counts, dropped: [...counts.dropped] },
    ...stamps.table,
  };
  return JSON.stringify(snapshot);
}

export function readSnapshot(text: string): SessionState {
  const { live, past, seen, ids, counts, clients, stamps, attempts, notBefore, ...plain } =
    JSON.parse(text) as Snapshot;
  const reader = new StampReader({ clients, stamps });
  const traces = (rows: readonly TraceRow[]): Map<string, Trace> => {
    const map = new Map<string, Trace>();
    for (const row of rows) map.set(row[0], traceOf(row, reader));
    return map;
  };
  const state: SessionState = {
    used: UNUSED,
    failing: failingBefore(attempts, notBefore),
    setAside: [],
    ...plain,
    live: traces(live),
    past: traces(past),
    clients: new Map(seen),
    ids: new Map(ids),
    counts: { ...counts, dropped: new Map(counts.dropped) },
    agenda: new Agenda(),
  };
  for (const trace of state.live.values()) noteDue(state, trace);
  return state;
}

/** What was written before kinds were told apart waited together. */
function failingBefore(tries: number, notBefore: number | undefined): SessionState["failing"] {
  if (notBefore === undefined) return {};
  const both = { tries, since: notBefore, notBefore };
  return { observation: both, score: { ...both } };
}
