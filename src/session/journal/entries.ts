// The journal's entries and what each does to the state. Applying the same entries to the same state
// always gives the same state: a cold object is rebuilt by this and by nothing else.
import type { SealedRecord } from "../../protocol/record.ts";
import type { AppendResult, SpanBatch } from "../../protocol/session/append-calls.ts";
import { advance } from "../deadlines/advance.ts";
import { type Arrival, foldArrival } from "../assembly/fold.ts";
import { noteAnnounced, noteTold, type Told } from "../dead-letters/books.ts";
import { dropLetters, replayRecords } from "../dead-letters/letters.ts";
import { type AmendEntry, applyAmendment } from "../outbox/amendment.ts";
import { grantLease, type LeaseEntry, reserveLease, type ReserveEntry } from "../outbox/lease.ts";
import { applySettlement, type SettleEntry } from "../outbox/settlement.ts";
import { type Overflowed, rememberOverflowed } from "../quota/overflow.ts";
import type { QuotaGate } from "../quota/quota-gate.ts";
import type { Rules } from "../assembly/rules.ts";
import { sealNamed, sealNow } from "../assembly/seal.ts";
import type { Seals } from "../assembly/assembly-state.ts";
import type { SessionState } from "../state.ts";
import { addForgottenTraces } from "../erasure/forgotten-sessions.ts";
import { forgetPart, type ForgetPartEntry } from "../erasure/forget-part.ts";
import { erase } from "../erasure/tombstone.ts";
import { updateDeadline, readyTraces } from "../deadlines/next-deadline.ts";
import { foldSpans } from "../spans/fold-spans.ts";
import { addUsage } from "../quota/usage-window.ts";

export type Entry =
  /** Rules for what is assembled from here on; written only while nothing is. */
  | { k: "settings"; t: number; project: string; settings: Rules }
  /**
   * Actions of one request; `deliver`: and seal at once what is complete; `bytes`: what they take of
   * the session's quota, where they count.
   */
  | { k: "append"; t: number; arrival: Arrival; deliver?: true; bytes?: number }
  /** Complete spans of one request; `bytes` as with actions. */
  | { k: "spans"; t: number; spans: SpanBatch; bytes?: number }
  /** Records that were sealed, however that was decided. */
  | Seals
  /** A lease may be granted until `by` without another entry. */
  | ({ k: "reserve"; t: number } & ReserveEntry)
  /** With `id`, a lease that was reserved. */
  | ({ k: "lease"; t: number } & LeaseEntry)
  | { k: "settle"; t: number; settle: SettleEntry }
  /** The Worker's own `beforeDelivery` has seen records, and what it made of them. */
  | ({ k: "amend"; t: number } & AmendEntry)
  /** The session was deleted; records up to `upTo` may be in a delivery. */
  | { k: "forget"; t: number; upTo: number }
  /** Of an object of many traces, one session (by its hash) was forgotten, with these dead letters. */
  | ({ k: "forgetPart"; t: number } & ForgetPartEntry)
  /** Traces (by their hashes) turned out to be a forgotten session's. */
  | { k: "forgetTraces"; t: number; session: string; traces: string[] }
  /** Traces for which a lane had no room: they went to objects of their own. */
  | ({ k: "overflow"; t: number } & Overflowed)
  /** Dead letters went back into the outbox: these records, whatever else is stored of them. */
  | { k: "replay"; t: number; records: SealedRecord[] }
  /** Dead letters were given up, and why. */
  | { k: "drop"; t: number; ordinals: number[]; reason: string }
  /** The ledger knows of so many changes of the dead letters, and has this report. */
  | { k: "announced"; t: number; letters: number; told?: Told };

/** A call's effect: its answer, and the entries that the journal needs to repeat it. */
export interface Transition<Answer> {
  answer: Answer;
  entries: Entry[];
  /** What the state holds no more is to leave the storage at once. */
  rewrite?: true;
}

/**
 * Applies what happens now: what falls due on the way is sealed. For arrivals, the result of each action.
 * @param gate while a request is taken in; what an entry holds was let through before
 */
export function applyEntry(state: SessionState, entry: Entry, gate?: QuotaGate): AppendResult[] {
  advance(state, entry.t);
  const results = happen(state, entry, gate);
  if (entry.k !== "append") return results;
  if (entry.deliver === true) {
    for (const trace of readyTraces(state)) {
      sealNow(state, trace);
      updateDeadline(state, trace);
    }
  }
  // A trace that is full with the last action is sealed with it, not with the next one.
  advance(state, entry.t);
  return results;
}

/** Ids of what the actions of a journal speak of, by the number of the action. */
export type Names = Map<number, string>;

/**
 * Applies an entry of the journal: only records that it says were sealed are sealed.
 * @param names of the parts that are being assembled; those of the entry's actions are added
 */
export function replayEntry(state: SessionState, entry: Entry, names: Names): void {
  state.t = Math.max(state.t, entry.t);
  if (entry.k === "append") {
    for (const [index, { change }] of entry.arrival.actions.entries()) {
      const id = change.kind === "score" ? change.id : change.target;
      names.set(state.actions + index + 1, id);
    }
  }
  if (entry.k === "seal") replaySeals(state, entry, names);
  else happen(state, entry, "replay");
  // The journal has it already.
  state.unwritten = [];
}

function happen(
  state: SessionState,
  entry: Entry,
  gate: QuotaGate | "replay" | undefined,
): AppendResult[] {
  if (state.books.born === 0) state.books = { ...state.books, born: state.t };
  switch (entry.k) {
    case "settings":
      state.project = entry.project;
      state.settings = entry.settings;
      return [];
    case "append":
      return took(state, entry.bytes, foldArrival(state, entry.arrival, gate));
    case "spans":
      return took(state, entry.bytes, foldSpans(state, entry.spans, gate));
    case "seal":
      // Has happened, where it was decided.
      return [];
    case "reserve":
      reserveLease(state, entry);
      return [];
    case "lease":
      grantLease(state, entry);
      return [];
    case "settle":
      applySettlement(state, entry.settle);
      noteTold(state, entry.settle);
      return [];
    case "amend":
      applyAmendment(state, entry);
      return [];
    case "forget":
      erase(state, entry.upTo);
      return [];
    case "forgetPart":
      forgetPart(state, entry);
      return [];
    case "forgetTraces":
      addForgottenTraces(state, entry);
      return [];
    case "overflow":
      rememberOverflowed(state, entry);
      return [];
    case "replay":
      replayRecords(state, entry.records);
      return [];
    case "drop":
      dropLetters(state, entry.ordinals, entry.reason);
      return [];
    case "announced":
      noteAnnounced(state, entry.letters, entry.told);
      return [];
  }
}

/** @param bytes what was taken takes of the session's quota, where it counts */
function took(
  state: SessionState,
  bytes: number | undefined,
  results: AppendResult[],
): AppendResult[] {
  const taken = results.filter(({ status }) => status === "accepted").length;
  if (taken > 0) state.lastEntry = state.t;
  if (bytes !== undefined) state.usage = addUsage(state.usage, state.t, taken, bytes);
  return results;
}

function replaySeals(state: SessionState, seals: Seals, names: Names): void {
  const { trace: id, createdSeqs, abandoned = false, verdict } = seals;
  const before = state.outbox.length;
  const trace = state.openTraces.get(id);
  if (trace !== undefined) {
    const named = createdSeqs.map((seq): [string, number] => [names.get(seq) ?? "", seq]);
    sealNamed(state, trace, named, abandoned, verdict);
    updateDeadline(state, trace);
  }
  for (const seq of createdSeqs) names.delete(seq);
  state.counts.unknown += createdSeqs.length - (state.outbox.length - before);
}

/** The entries as the journal is to have them: seals that happened before come first. */
export function toJournal(state: SessionState, entries: readonly Entry[]): Entry[] {
  const pending = [...state.unwritten, ...entries];
  state.unwritten = [];
  return pending;
}
