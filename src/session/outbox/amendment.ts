// What the Worker's own `beforeDelivery` made of records, applied: a record that it drops leaves the outbox here,
// counted, and of one that it changed the new text is what is sent from now on. No I/O, no clock.
import type { Amendment } from "../../protocol/hooks/amend-calls.ts";
import { pruneOrigins } from "../spans/origins.ts";
import { addDropped, type SessionState } from "../state.ts";
import type { Ordered } from "./outbox-state.ts";

/** Without the lease: a journal may hold it only with its settlement. */
export type AmendEntry = Omit<Amendment, "lease">;

export function applyAmendment(state: SessionState, { kept, changed, dropped }: AmendEntry): void {
  const seen = new Set(kept);
  const texts = new Map(changed);
  const reasons = new Map(dropped);
  const left: Ordered[] = [];
  for (const record of state.outbox) {
    const { ordinal, actions } = record;
    const reason = reasons.get(ordinal);
    const amended = texts.get(ordinal);
    if (record.seen === true) left.push(record);
    else if (reason !== undefined) giveUp(state, ordinal, actions, reason);
    else if (amended !== undefined) {
      // The record may be leased alone: its size is that of all that goes with it.
      const size = Math.max(record.size, amended.length);
      left.push({ ...record, size, seen: true, amended });
    } else left.push(seen.has(ordinal) ? { ...record, seen: true } : record);
  }
  state.outbox = left;
  state.outboxSize = left.reduce((sum, { size }) => sum + size, 0);
  if (dropped.length === 0) return;
  pruneOrigins(state);
  state.setAside = state.setAside.filter(({ ordinal }) => !reasons.has(ordinal));
}

function giveUp(state: SessionState, ordinal: number, actions: number, reason: string): void {
  addDropped(state, reason, actions);
  // A dead letter that was replayed: its file has nothing to come back for.
  if (state.replayed.delete(ordinal)) state.letterFiles.remove(ordinal);
}
