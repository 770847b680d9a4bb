// The tombstone of a deleted session: when it was deleted, and numbers that keep its counts true. For a day
// it refuses new actions, so that an open page's retry does not bring back what was deleted; then, while it
// is remembered, those of before the deletion. Later they are older than any session takes. No I/O, no clock.
import type { AppendResult } from "../../protocol/session/append-calls.ts";
import { DELETED_MS } from "../bounds.ts";
import { forgetLetters } from "../dead-letters/letters.ts";
import { leasableUpTo } from "../outbox/held-back.ts";
import { recordsOut } from "../outbox/lease-end.ts";
import type { Ordered } from "../outbox/outbox-state.ts";
import { emptyState, type SessionState } from "../state.ts";

/** The rest of a session that was deleted: no payload, no id. */
export interface Tombstone {
  /** When it was deleted, epoch ms. */
  at: number;
  /** Records that may be in a delivery. */
  inFlight: InFlight[];
}

/** A record by its ordinal: how many actions it stands for, and whether it is leased for its figures alone. */
export type InFlight = [ordinal: number, actions: number, sampledOut?: true];

export const FORGOTTEN = "forgotten";
/** Records of earlier deletions that are remembered: more than one lease holds. */
export const MAX_IN_FLIGHT = 16_384;

export const DELETED: AppendResult = {
  status: "refused",
  code: "session_deleted",
  message: "the session was deleted; nothing of it is taken for a day",
};

export function isDeleted({ tombstone }: SessionState, now: number): boolean {
  return tombstone !== undefined && now < deletedUntil(tombstone.at);
}

export function deletedUntil(at: number): number {
  return at + DELETED_MS;
}

/**
 * Records that a lease up to this one (in the order of sealing) can hold: none that is held back. And those
 * that a consumer still has after it settled others.
 */
export function inFlightRecords(state: SessionState, upTo: number): Ordered[] {
  const free = new Set(leasableUpTo(state, upTo));
  const isOut = recordsOut(state);
  return state.outbox.filter((record) => free.has(record) || isOut(record));
}

/**
 * Forgets all that the session holds and remembers; the ledger is told, whatever it knew of it. Only the numbers of records and leases go on, so that
 * a delivery of before is never taken for a later one.
 * @param upTo records up to this one in the order of sealing may be in a delivery
 */
export function erase(state: SessionState, upTo: number): void {
  forgetLetters(state);
  const { project, settings, t, actions, spans, nextSeq, leases } = state;
  const { counts, letterFiles, books } = state;
  const inFlight = (state.tombstone?.inFlight ?? []).slice(-MAX_IN_FLIGHT);
  for (const record of inFlightRecords(state, upTo)) inFlight.push(inFlightOf(record));
  const dropped = [...counts.dropped.values()].reduce((sum, actions) => sum + actions, 0);
  drop(state, counts.accepted - counts.delivered - dropped);
  counts.dead = 0;
  delete state.lease;
  delete state.partLease;
  delete state.reserved;
  delete state.scoresOnly;
  Object.assign(state, emptyState(project, settings), {
    t,
    lastEntry: t,
    forgottenBefore: t,
    actions,
    spans,
    nextSeq,
    leases,
    counts,
    letterFiles,
    books,
    tombstone: { at: t, inFlight },
  });
}

export function inFlightOf({ ordinal, actions, sampledOut }: Ordered): InFlight {
  return sampledOut === true ? [ordinal, actions, true] : [ordinal, actions];
}

/**
 * Records in flight at the deletion that arrived: they count as delivered, not as dropped; those that sampling left
 * out went nowhere, and stay forgotten. Returns which.
 */
export function settleErased(
  state: SessionState,
  delivered: ReadonlySet<number>,
): ReadonlySet<number> {
  const { tombstone, forgotten, counts } = state;
  const found = new Set<number>();
  for (const erased of [tombstone, forgotten]) {
    if (erased === undefined) continue;
    erased.inFlight = erased.inFlight.filter(([ordinal, actions, sampledOut]) => {
      if (!delivered.has(ordinal)) return true;
      found.add(ordinal);
      if (sampledOut === true) return false;
      counts.delivered += actions;
      drop(state, -actions);
      return false;
    });
  }
  return found;
}

/** Actions that are forgotten. */
export function drop({ counts: { dropped } }: SessionState, actions: number): void {
  dropped.set(FORGOTTEN, (dropped.get(FORGOTTEN) ?? 0) + actions);
}
