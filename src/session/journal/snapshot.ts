// A state as text and back. Values that can be made from the others are not written.
import { DeadlineQueue } from "../deadlines/deadline-queue.ts";
import type {
  Counts,
  DeadLetter,
  Lease,
  Ordered,
  PartLease,
  Reservation,
} from "../outbox/outbox-state.ts";
import type { Rules } from "../assembly/rules.ts";
import { type OrderKeyTable, OrderKeyReader, OrderKeyWriter } from "./snapshot-order-keys.ts";
import { traceOf, traceRow } from "./snapshot-trace.ts";
import type { Client, SessionState, SetAside, Tombstone, Unreadable, Trace } from "../state.ts";
import { updateDeadline } from "../deadlines/next-deadline.ts";
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
  deadLetters: DeadLetter[];
  tombstone?: Tombstone;
  unreadable?: Unreadable;
}

interface Snapshot extends Plain, OrderKeyTable {
  openTraces: unknown[];
  sealedTraces: unknown[];
  seen: [id: string, client: Client][];
  ids: [id: string, at: number][];
  counts: Omit<Counts, "dropped"> & { dropped: [reason: string, actions: number][] };
}

export function writeSnapshot(state: SessionState): string {
  const {
    openTraces,
    sealedTraces,
    clients,
    ids,
    counts,
    deadlines: _deadlines,
    unwritten: _unwritten,
    ...plain
  } = state;
  const stamps = new OrderKeyWriter();
  const rows = (traces: ReadonlyMap<string, Trace>): unknown[] =>
    Array.from(traces.values(), (trace) => traceRow(trace, stamps));
  const snapshot: Snapshot = {
    ...plain,
    openTraces: rows(openTraces),
    sealedTraces: rows(sealedTraces),
    seen: [...clients],
    ids: [...ids],
    counts: { ...counts, dropped: [...counts.dropped] },
    ...stamps.table,
  };
  return JSON.stringify(snapshot);
}

export function readSnapshot(text: string): SessionState {
  const { openTraces, sealedTraces, seen, ids, counts, clients, stamps, ...plain } = JSON.parse(
    text,
  ) as Snapshot;
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
    counts: { ...counts, dropped: new Map(counts.dropped) },
    deadlines: new DeadlineQueue(),
    unwritten: [],
  };
  for (const trace of state.openTraces.values()) updateDeadline(state, trace);
  return state;
}
