// A state as text and back. What can be made from the rest is not written.
import { Agenda } from "./agenda.ts";
import type { Counts, DeadLetter, Lease, Ordered, Reservation } from "./outbox-state.ts";
import type { Rules } from "./rules.ts";
import { type StampTable, StampReader, StampWriter } from "./snapshot-stamps.ts";
import { traceOf, traceRow } from "./snapshot-trace.ts";
import type { Client, SessionState, SetAside, Tombstone, Unreadable, Trace } from "./state.ts";
import { noteDue } from "./upcoming.ts";
import type { Used } from "./used.ts";

/** What is written as it is. */
interface Plain {
  project: string;
  settings: Rules;
  t: number;
  lastEntry: number;
  used: Used;
  actions: number;
  nextSeq: number;
  leases: number;
  attributed: string[];
  remembered: number;
  horizon: number;
  idHorizon: number;
  deadSize: number;
  assembling: number;
  assemblingSize: number;
  outbox: Ordered[];
  outboxSize: number;
  lease?: Lease;
  reserved?: Reservation;
  failing: SessionState["failing"];
  setAside: SetAside[];
  deadLetters: DeadLetter[];
  tombstone?: Tombstone;
  unreadable?: Unreadable;
}

interface Snapshot extends Plain, StampTable {
  live: unknown[];
  past: unknown[];
  seen: [id: string, client: Client][];
  ids: [id: string, at: number][];
  counts: Omit<Counts, "dropped"> & { dropped: [reason: string, actions: number][] };
}

export function writeSnapshot(state: SessionState): string {
  const {
    live,
    past,
    clients,
    ids,
    counts,
    agenda: _agenda,
    unwritten: _unwritten,
    ...plain
  } = state;
  const stamps = new StampWriter();
  const rows = (traces: ReadonlyMap<string, Trace>): unknown[] =>
    Array.from(traces.values(), (trace) => traceRow(trace, stamps));
  const snapshot: Snapshot = {
    ...plain,
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
  const { live, past, seen, ids, counts, clients, stamps, ...plain } = JSON.parse(text) as Snapshot;
  const reader = new StampReader({ clients, stamps });
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
    live: traces(live),
    past: traces(past),
    clients: new Map(seen),
    ids: new Map(ids),
    counts: { ...counts, dropped: new Map(counts.dropped) },
    agenda: new Agenda(),
    unwritten: [],
  };
  for (const trace of state.live.values()) noteDue(state, trace);
  return state;
}
