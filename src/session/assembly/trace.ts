// One trace's drafts, and what the due times need to know of them, kept up with each change so that
// no change costs more than itself. No I/O, no clock.
import type { Change, ScoreChange, TraceFieldName } from "../../protocol/change.ts";
import { rootObservationId } from "../../protocol/ids.ts";
import { MAX_METADATA_KEYS, MAX_PROPAGATED_LENGTH, MAX_TAGS } from "../../protocol/limits.ts";
import { addNotes, mergeChange, newDraft, type Phase, phaseOf, setRegister } from "./draft.ts";
import { lastWriteWins, lengthOf } from "./order-key.ts";
import type { Draft, OrderKey, Trace } from "../state.ts";

export function newTrace(id: string, now: number): Trace {
  return {
    id,
    createdSeq: 0,
    rootId: rootObservationId(id),
    fields: new Map(),
    tags: [],
    metadata: new Map(),
    drafts: new Map(),
    scores: new Map(),
    late: new Map(),
    sealed: new Map(),
    clients: [],
    open: 0,
    ready: new Set(),
    unseen: new Set(),
    size: 0,
    completeSize: 0,
    lastArrival: now,
    lastMoment: 0,
  };
}

/** Things of this trace that could be sealed now, the root apart. */
export function completeOf(trace: Trace): number {
  return trace.ready.size + trace.scores.size;
}

/** Things of this trace that are not sealed yet. */
export function assemblingOf(trace: Trace): number {
  return trace.drafts.size + trace.scores.size + trace.late.size;
}

/** Whether actions wait that came late, or whose create was never seen. */
export function isAnythingLate({ late, unseen }: Trace): boolean {
  return late.size + unseen.size > 0;
}

/** When a change arrived, the number that it has in the session, and how large a draft may become. */
interface Arrived {
  now: number;
  place: number;
  maxDraftSize: number;
}

/** Folds one change in. */
export function foldChange(trace: Trace, change: Change, stamp: OrderKey, arrived: Arrived): void {
  const { now, maxDraftSize } = arrived;
  trace.lastArrival = now;
  if (change.rawTrace !== undefined) trace.raw ??= change.rawTrace;
  foldTraceWide(trace, change, stamp);
  trace.lastMoment = Math.max(trace.lastMoment, stamp[1], change.fields?.endTime ?? 0);
  if (trace.sealed.get(change.target)?.done === true) {
    // A good record is never overwritten: what comes late goes out beside it.
    const late = draftIn(trace.late, change.target, arrived);
    trace.size -= late.size;
    mergeChange(late, change, stamp, maxDraftSize);
    if (change.root === true) keepTraceChange(late, change, stamp);
    trace.size += late.size;
    trace.lateSince ??= now;
    if (change.root === true && late.fields.has("endTime")) trace.endedSince ??= now;
    return;
  }
  const draft = draftIn(trace.drafts, change.target, arrived);
  const root = change.target === trace.rootId;
  const before = draft.actions === 0 ? "none" : phaseOf(draft);
  const sizeBefore = draft.size;
  mergeChange(draft, change, stamp, maxDraftSize);
  trace.size += draft.size - sizeBefore;
  const after = phaseOf(draft);
  if (after === "unseen") {
    trace.unseen.add(draft.id);
    trace.lateSince ??= now;
  } else if (trace.unseen.delete(draft.id) && !isAnythingLate(trace)) delete trace.lateSince;
  if (!root) countPhases(trace, draft, { before, after, sizeBefore, now });
  else if (draft.fields.has("endTime")) trace.endedSince ??= now;
}

function countPhases(
  trace: Trace,
  draft: Draft,
  step: { before: Phase | "none"; after: Phase; sizeBefore: number; now: number },
): void {
  const { before, after, sizeBefore, now } = step;
  if (before !== "open" && after === "open") trace.open += 1;
  if (before === "open" && after !== "open") trace.open -= 1;
  if (after !== "complete") {
    // Its type was corrected: what was an event lasts.
    if (trace.ready.delete(draft.id)) noteLeft(trace, sizeBefore);
  } else {
    trace.ready.add(draft.id);
    trace.completeSince ??= now;
    trace.completeSize += before === "complete" ? draft.size - sizeBefore : draft.size;
  }
}

/** Something complete is so no more, or is sealed. */
export function noteLeft(trace: Trace, size: number): void {
  trace.completeSize -= size;
  if (completeOf(trace) === 0) delete trace.completeSince;
}

/** Folds a score in: complete as it is; the same id again before it is sealed replaces it. */
export function foldScore(
  trace: Trace,
  score: ScoreChange,
  stamp: OrderKey,
  { now, place }: Pick<Arrived, "now" | "place">,
): void {
  trace.lastArrival = now;
  if (score.rawTrace !== undefined) trace.raw ??= score.rawTrace;
  const known = trace.scores.get(score.id);
  trace.scores.set(score.id, {
    id: score.id,
    createdSeq: known?.createdSeq ?? place,
    body: lastWriteWins(known?.body, score.body, stamp),
    actions: (known?.actions ?? 0) + 1,
  });
  trace.completeSince ??= now;
  const grown = lengthOf(trace.scores.get(score.id)?.body) - lengthOf(known?.body);
  trace.completeSize += grown;
  trace.size += grown;
}

/** Tabs of one trace are few; the bound keeps a hostile one from making the list long. */
const MAX_TRACE_CLIENTS = 32;

export function addClient(trace: Trace, clientId: string): void {
  if (trace.clients.includes(clientId) || trace.clients.length >= MAX_TRACE_CLIENTS) return;
  trace.clients.push(clientId);
}

function draftIn(drafts: Map<string, Draft>, id: string, { place }: Arrived): Draft {
  const known = drafts.get(id);
  if (known !== undefined) return known;
  const draft = newDraft(id, place);
  drafts.set(id, draft);
  return draft;
}

function foldTraceWide(trace: Trace, change: Change, stamp: OrderKey): void {
  for (const [name, value] of Object.entries(change.traceFields ?? {})) {
    setRegister(trace.fields, name as TraceFieldName, value, stamp);
  }
  if (change.root !== true) return;
  for (const [key, text] of change.metadata ?? []) {
    // Each record of the trace carries them: what is over the bound is left out of all.
    if (trace.metadata.has(key) || trace.metadata.size < MAX_METADATA_KEYS) {
      setRegister(trace.metadata, key, text.slice(0, MAX_PROPAGATED_LENGTH + 1), stamp);
    }
  }
  if (change.tags !== undefined) {
    trace.tags = [...new Set([...trace.tags, ...change.tags])].sort().slice(0, MAX_TAGS);
  }
}

/** A late change of a trace is told in the late record too, since the root can't carry it any more. */
function keepTraceChange(late: Draft, change: Change, stamp: OrderKey): void {
  for (const [name, value] of Object.entries(change.traceFields ?? {})) {
    setRegister(late.metadata, name, String(value), stamp);
  }
  if (change.tags !== undefined) {
    setRegister(late.metadata, "tags", JSON.stringify(change.tags), stamp);
  }
  addNotes(late, change.notes);
}
