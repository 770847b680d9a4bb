// One trace's drafts, and what the due times need to know of them, kept up with each change so that
// no change costs more than itself. No I/O, no clock.
import type { Change, ScoreChange, TraceFieldName } from "../../protocol/change.ts";
import { rootObservationId } from "../../protocol/ids.ts";
import { MAX_METADATA_KEYS, MAX_PROPAGATED_LENGTH, MAX_TAGS } from "../../protocol/limits.ts";
import { addNotes, mergeChange, newDraft, type Phase, phaseOf, setRegister } from "./draft.ts";
import { isResting, isTop, metadataKey, momentOf, traceFieldKey } from "./legacy.ts";
import { lastWriteWins, lengthOf, type OrderKey } from "./order-key.ts";
import type { Draft, Trace } from "./assembly-state.ts";

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
    resting: 0,
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

/** A change's arrival, its number in the session, and the largest size of a draft. */
interface Arrived {
  now: number;
  createdSeq: number;
  maxDraftSize: number;
  /** Nobody knows whether what it speaks of was sealed: it goes out beside it, as what comes late does. */
  beside?: boolean;
}

/** Folds one change in. */
export function foldChange(
  trace: Trace,
  change: Change,
  orderKey: OrderKey,
  arrived: Arrived,
): void {
  const { now, maxDraftSize } = arrived;
  trace.lastArrival = now;
  delete trace.heldUntil;
  if (change.rawTrace !== undefined) trace.raw ??= change.rawTrace;
  noteLegacy(trace, change);
  foldTraceWide(trace, change, orderKey);
  const moment = momentOf(change, orderKey[1]);
  trace.lastMoment = Math.max(trace.lastMoment, moment, change.fields?.endTime ?? 0);
  if (trace.sealed.get(change.target)?.done === true || arrived.beside === true) {
    // A good record is never overwritten: what comes late goes out beside it.
    const late = draftIn(trace.late, change.target, arrived);
    trace.size -= late.size;
    mergeChange(late, change, orderKey, maxDraftSize);
    if (change.root === true) keepTraceChange(late, change, orderKey);
    trace.size += late.size;
    trace.lateSince ??= now;
    if (change.root === true && late.fields.has("endTime")) trace.endedSince ??= now;
    return;
  }
  const draft = draftIn(trace.drafts, change.target, arrived);
  const top = isTop(trace, change.target);
  const before = draft.actions === 0 ? "none" : phaseOf(draft);
  const sizeBefore = draft.size;
  if (!top && isResting(draft)) trace.resting -= 1;
  mergeChange(draft, change, orderKey, maxDraftSize);
  if (change.legacy === true) draft.legacyAt = now;
  if (!top && isResting(draft)) trace.resting += 1;
  trace.size += draft.size - sizeBefore;
  const after = phaseOf(draft);
  if (after === "unseen") {
    trace.unseen.add(draft.id);
    trace.lateSince ??= now;
  } else if (trace.unseen.delete(draft.id) && !isAnythingLate(trace)) delete trace.lateSince;
  if (!top) countPhases(trace, draft, { before, after, sizeBefore, now });
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
    // What was written last stands last: what waits for a trailing update is found without looking for it.
    if (draft.legacyAt !== undefined) trace.ready.delete(draft.id);
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
  orderKey: OrderKey,
  { now, createdSeq }: Pick<Arrived, "now" | "createdSeq">,
): void {
  trace.lastArrival = now;
  delete trace.heldUntil;
  if (score.rawTrace !== undefined) trace.raw ??= score.rawTrace;
  const before = trace.scores.get(score.id);
  trace.scores.set(score.id, {
    id: score.id,
    createdSeq: before?.createdSeq ?? createdSeq,
    body: lastWriteWins(before?.body, score.body, orderKey),
    actions: (before?.actions ?? 0) + 1,
  });
  trace.completeSince ??= now;
  const grown = lengthOf(trace.scores.get(score.id)?.body) - lengthOf(before?.body);
  trace.completeSize += grown;
  trace.size += grown;
}

/** Tabs of one trace are few; the bound keeps a hostile one from making the list long. */
const MAX_TRACE_CLIENTS = 32;

export function addClient(trace: Trace, clientId: string): void {
  if (trace.clients.includes(clientId) || trace.clients.length >= MAX_TRACE_CLIENTS) return;
  trace.clients.push(clientId);
}

function draftIn(drafts: Map<string, Draft>, id: string, { createdSeq }: Arrived): Draft {
  const before = drafts.get(id);
  if (before !== undefined) return before;
  const draft = newDraft(id, createdSeq);
  drafts.set(id, draft);
  return draft;
}

function noteLegacy(trace: Trace, { legacy, root, joined, apart, target }: Change): void {
  if (legacy !== true) return;
  if (root === true) trace.legacy = { ...trace.legacy, record: target };
  if (joined === true) trace.legacy = { ...trace.legacy, joined };
  if (apart === true) trace.legacy = { ...trace.legacy, apart };
}

function foldTraceWide(trace: Trace, change: Change, orderKey: OrderKey): void {
  const legacy = change.legacy === true;
  for (const [field, value] of Object.entries(change.traceFields ?? {})) {
    const name = field as TraceFieldName;
    setRegister(trace.fields, name, value, legacy ? traceFieldKey(name, orderKey) : orderKey);
  }
  if (change.root !== true) return;
  for (const [key, text] of change.metadata ?? []) {
    // Each record of the trace carries them: what is over the bound is left out of all.
    if (trace.metadata.has(key) || trace.metadata.size < MAX_METADATA_KEYS) {
      const cut = text.slice(0, MAX_PROPAGATED_LENGTH + 1);
      setRegister(trace.metadata, key, cut, legacy ? metadataKey(text, orderKey) : orderKey);
    }
  }
  if (change.tags !== undefined) {
    trace.tags = [...new Set([...trace.tags, ...change.tags])].sort().slice(0, MAX_TAGS);
  }
}

/** A late change of a trace goes into the late record too, since the root can't carry it any more. */
function keepTraceChange(late: Draft, change: Change, orderKey: OrderKey): void {
  for (const [name, value] of Object.entries(change.traceFields ?? {})) {
    setRegister(late.metadata, name, String(value), orderKey);
  }
  if (change.tags !== undefined) {
    setRegister(late.metadata, "tags", JSON.stringify(change.tags), orderKey);
  }
  addNotes(late, change.notes);
}
