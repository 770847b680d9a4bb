// Deletes a session, and says what it held. No I/O, no clock. The state that is left is so small that the
// journal is rewritten with it (compact.ts): no chunk of before stays in storage.
import type { DeleteAnswer } from "../../protocol/session/erasure-calls.ts";
import { advance } from "../deadlines/advance.ts";
import { applyEntry, type Entry, type Transition } from "../journal/entries.ts";
import { heldUntil } from "../outbox/lease.ts";
import type { InstanceMemory } from "../deadlines/alarm-time.ts";
import type { SessionState } from "../state.ts";
import { deletedUntil, inFlightRecords } from "./tombstone.ts";

export function eraseSession(
  state: SessionState,
  memory: InstanceMemory,
  now: number,
): Transition<Omit<DeleteAnswer, "object">> {
  advance(state, now);
  const upTo = inFlightUpTo(state, memory);
  const inFlight = inFlightRecords(state, upTo).filter(({ sampledOut }) => sampledOut !== true);
  const { accepted, delivered, dropped } = state.counts;
  const gone = [...dropped.values(), delivered, ...inFlight.map(({ actions }) => actions)];
  const answer = {
    actions: gone.reduce((left, actions) => left - actions, accepted),
    open: state.assembling,
    pending: state.outbox.length - inFlight.length,
    dead: state.deadLetters.length,
    inFlight: inFlight.length,
    until: deletedUntil(state.t),
  };
  const entry: Entry = { k: "forget", t: state.t, upTo };
  applyEntry(state, entry);
  return { answer, entries: [entry] };
}

/** A consumer with a reservation that this instance did not make may have leased everything. */
export function inFlightUpTo(state: SessionState, { reservation }: InstanceMemory): number {
  const { lease, outbox, t } = state;
  if (lease !== undefined && lease.until > t) return lease.upTo;
  return heldUntil(state, reservation) > t ? (outbox.at(-1)?.seq ?? 0) : 0;
}
