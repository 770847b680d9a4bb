// The end of a lease: with its settlement, and when nothing of it is left, whoever delivered that. A settlement
// of a part leaves the rest with its consumer; where that is of one kind, the other kind is free for the next
// lease. So two leases can stand, never two with the same kind. No I/O, no clock.
import type { Settlement } from "../../protocol/session/settle-calls.ts";
import { firstLeasable } from "./held-back.ts";
import type { Ordered, PartLease } from "./outbox-state.ts";
import type { SessionState } from "../state.ts";

/** The lease stands: its consumer's word counts. */
export function isLeased({ lease, partLease }: SessionState, id: number): boolean {
  return lease?.id === id || partLease?.id === id;
}

/** @param settlement whose records have left the outbox */
export function endLease(
  state: SessionState,
  { lease: id, keeps = [] }: Pick<Settlement, "lease" | "keeps">,
): void {
  const { lease, partLease } = state;
  if (partLease !== undefined) {
    const isOver = partLease.id === id && !keeps.includes(partLease.kind);
    if (isOver || !isAnyLeft(state, partLease)) delete state.partLease;
  }
  if (lease === undefined) return;
  if (lease.id !== id) {
    const first = firstLeasable(state);
    if (first === undefined || first.seq > lease.upTo) delete state.lease;
    return;
  }
  const [kind, ...more] = keeps.filter((one) => isAnyLeft(state, { ...lease, kind: one }));
  if (kind === undefined) delete state.lease;
  else if (more.length === 0 && state.partLease === undefined) {
    state.partLease = { ...lease, kind };
    delete state.lease;
  }
}

function isAnyLeft(
  { outbox }: SessionState,
  { kind, upTo }: Omit<PartLease, "id" | "until">,
): boolean {
  return outbox.some((record) => record.kind === kind && record.seq <= upTo);
}

/** Records of a kind that a consumer still has after it settled the others. */
export function recordsOut({ partLease, setAside, t }: SessionState): (record: Ordered) => boolean {
  if (partLease === undefined || partLease.until <= t) return () => false;
  const waiting = new Set(setAside.flatMap((one) => (one.notBefore > t ? one.ordinal : [])));
  return ({ kind, seq, ordinal }) =>
    kind === partLease.kind && seq <= partLease.upTo && !waiting.has(ordinal);
}
