// Takes one session out of an object of many traces; the rest stays as it is. Records that a delivery has are
// forgotten too, and remembered by their numbers, so that its verdict meets nothing else. No I/O, no clock.
import { RECORD_KINDS } from "../../protocol/record.ts";
import { archiveTrace } from "../assembly/archive.ts";
import { lengthOf } from "../assembly/order-key.ts";
import { assemblingOf, noteLeft } from "../assembly/trace.ts";
import { dropLetters, lettersChanged } from "../dead-letters/letters.ts";
import { updateDeadline } from "../deadlines/next-deadline.ts";
import type { Ordered } from "../outbox/outbox-state.ts";
import { pruneOrigins } from "../spans/origins.ts";
import type { ScoreDraft, Trace } from "../assembly/assembly-state.ts";
import type { SessionState } from "../state.ts";
import { rememberForgotten, traceHash } from "./forgotten-sessions.ts";
import { partOf } from "./session-part.ts";
import { drop, FORGOTTEN, inFlightOf, inFlightRecords, MAX_IN_FLIGHT } from "./tombstone.ts";

export interface ForgetPartEntry {
  /** Its hash. */
  session: string;
  /** As of a session that is deleted. */
  upTo: number;
  /** Dead letters of the session, by ordinal. */
  letters: readonly number[];
  /** Traces of which somebody else knew that they are the session's, by their hashes. */
  traces?: readonly string[];
}

export function forgetPart(
  state: SessionState,
  { session, upTo, letters, traces: named = [] }: ForgetPartEntry,
): void {
  const { traces, scores, records } = partOf(state, session, named);
  const out = new Set(inFlightRecords(state, upTo));
  const hashes = new Set(named);
  for (const { id } of traces) hashes.add(traceHash(id));
  for (const record of records) {
    if (record.kind === "observation") hashes.add(traceHash(record.traceId));
  }
  rememberForgotten(state, session, [...hashes], state.t);
  for (const trace of traces) forgetTrace(state, trace);
  for (const { trace, score } of scores) forgetScore(state, trace, score);
  forgetRecords(state, records, out);
  dropLetters(state, letters, FORGOTTEN);
  // An object that nothing was written to deletes itself by that.
  state.lastEntry = Math.max(state.lastEntry, state.t);
  if (state.counts.accepted > 0) lettersChanged(state);
}

function forgetTrace(state: SessionState, trace: Trace): void {
  const { id, drafts, late, scores, sealed } = trace;
  for (const part of [drafts, late, scores]) {
    for (const { actions } of part.values()) drop(state, actions);
  }
  for (const draft of drafts.values()) state.observationNames.remove(draft.raw ?? draft.id, id);
  const isOpen = state.openTraces.delete(id);
  if (isOpen) {
    state.assembling -= assemblingOf(trace);
    state.assemblingSize -= trace.size;
  }
  state.sealedTraces.delete(id);
  state.remembered -= sealed.size;
  state.recentTraceIds = state.recentTraceIds.filter((one) => one !== id);
  updateDeadline(state, trace);
}

function forgetScore(state: SessionState, trace: Trace, score: ScoreDraft): void {
  const size = lengthOf(score.body);
  drop(state, score.actions);
  trace.scores.delete(score.id);
  noteLeft(trace, size);
  trace.size -= size;
  state.assembling -= 1;
  state.assemblingSize -= size;
  if (assemblingOf(trace) === 0) archiveTrace(state, trace);
  updateDeadline(state, trace);
}

function forgetRecords(
  state: SessionState,
  records: readonly Ordered[],
  out: ReadonlySet<Ordered>,
): void {
  if (records.length === 0) return;
  const gone = new Set(records);
  const { forgotten, failing, replayed, letterFiles } = state;
  for (const record of records) {
    const { ordinal, actions } = record;
    drop(state, actions);
    if (out.has(record)) forgotten?.inFlight.push(inFlightOf(record));
    if (replayed.delete(ordinal)) letterFiles.remove(ordinal);
  }
  if (forgotten !== undefined) forgotten.inFlight = forgotten.inFlight.slice(-MAX_IN_FLIGHT);
  state.outbox = state.outbox.filter((record) => !gone.has(record));
  state.outboxSize = state.outbox.reduce((sum, { size }) => sum + size, 0);
  pruneOrigins(state);
  const left = new Set(state.outbox.map(({ ordinal }) => ordinal));
  state.setAside = state.setAside.filter(({ ordinal }) => left.has(ordinal));
  for (const kind of RECORD_KINDS) {
    // Its oldest record may be another one now, or there is none.
    if (!state.outbox.some((record) => record.kind === kind)) delete failing[kind];
    else if (records.some((record) => record.kind === kind)) delete failing[kind]?.alone;
  }
}
