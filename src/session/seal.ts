// What is complete becomes immutable records and leaves the drafts. No I/O, no clock: `at` is the due
// time that the journal gives. A record is sealed once; what comes for it later goes out beside it.
import type { SealedRecord } from "../protocol/record.ts";
import { MAX_REMEMBERED } from "./bounds.ts";
import { phaseOf } from "./draft.ts";
import { type Dues, duesOf } from "./due.ts";
import { type Closing, lateRecord, observationRecord, scoreRecord } from "./finish.ts";
import { longestGap } from "./gap.ts";
import { retire } from "./past.ts";
import type { Draft, SessionState, Trace } from "./state.ts";
import { assemblingOf } from "./trace.ts";

/** Seals the parts of a trace that are due at `at`. */
export function sealDue(state: SessionState, trace: Trace, at: number): void {
  const dues = duesOf(trace, state.settings, longestGap(state, trace.clients)?.until);
  const isDue = (part: keyof Dues): boolean => (dues[part] ?? Number.POSITIVE_INFINITY) <= at;
  const abandoned = isDue("abandoned");
  const over = abandoned || isDue("idle");
  if (over || isDue("end")) sealRoot(state, trace, abandoned);
  if (over || isDue("end") || isDue("complete")) sealComplete(state, trace, abandoned);
  if (over || isDue("late")) sealLate(state, trace);
  afterSealing(state, trace);
}

/** Seals at once what is complete, as a hurried flush asks; what is open stays. */
export function sealNow(state: SessionState, trace: Trace): void {
  if (trace.endedSince !== undefined) sealRoot(state, trace, false);
  sealComplete(state, trace, false);
  afterSealing(state, trace);
}

function sealRoot(state: SessionState, trace: Trace, abandoned: boolean): void {
  const root = trace.drafts.get(trace.rootId);
  if (root?.created !== true) return;
  sealDraft(state, trace, root, { endTime: trace.lastMoment, abandoned });
}

function sealComplete(state: SessionState, trace: Trace, abandoned: boolean): void {
  // Work goes by what is sealed, not by what is open beside it.
  const drafts = abandoned ? [...trace.drafts.values()] : inOrder(trace, trace.ready);
  for (const draft of drafts) {
    if (draft.id === trace.rootId) continue;
    const phase = phaseOf(draft);
    if (phase === "unseen") continue;
    if (phase === "open") trace.open -= 1;
    sealDraft(state, trace, draft, { endTime: draft.lastAt, abandoned });
  }
  for (const score of trace.scores.values()) {
    leave(state, trace, score.body.v.length);
    push(state, scoreRecord(score, state.ordinal++));
  }
  trace.scores.clear();
  trace.completeSize = 0;
  delete trace.completeSince;
}

function sealDraft(state: SessionState, trace: Trace, draft: Draft, closing: Closing): void {
  push(state, observationRecord(trace, draft, state.settings, state.ordinal++, closing));
  trace.drafts.delete(draft.id);
  trace.ready.delete(draft.id);
  leave(state, trace, draft.size);
  rememberSealed(state, trace, draft, { done: true, late: 0 });
}

function sealLate(state: SessionState, trace: Trace): void {
  const unseen = inOrder(trace, trace.unseen);
  for (const [from, drafts] of [
    [trace.late, [...trace.late.values()]],
    [trace.drafts, unseen],
  ] as const) {
    for (const draft of drafts) {
      const n = trace.sealed.get(draft.id)?.late ?? 0;
      push(state, lateRecord(trace, draft, state.settings, state.ordinal++, n));
      from.delete(draft.id);
      leave(state, trace, draft.size);
      rememberSealed(state, trace, draft, { done: false, late: 1 });
    }
  }
  trace.unseen.clear();
  delete trace.lateSince;
}

/** Something of the trace is not being assembled any more. */
function leave(state: SessionState, trace: Trace, size: number): void {
  state.assembling -= 1;
  state.assemblingSize -= size;
  trace.size -= size;
}

function push(state: SessionState, record: SealedRecord): void {
  state.outbox.push(record);
  state.outboxSize += record.size;
}

function inOrder({ drafts }: Trace, ids: ReadonlySet<string>): Draft[] {
  const found = Array.from(ids, (id) => drafts.get(id));
  return found.filter((draft) => draft !== undefined).sort((a, b) => a.place - b.place);
}

function rememberSealed(
  state: SessionState,
  trace: Trace,
  draft: Draft,
  what: { done: boolean; late: number },
): void {
  const known = trace.sealed.get(draft.id);
  if (known === undefined) state.remembered += 1;
  trace.sealed.set(draft.id, {
    done: known?.done === true || what.done,
    late: (known?.late ?? 0) + what.late,
    at: state.t,
  });
}

function afterSealing(state: SessionState, trace: Trace): void {
  if (assemblingOf(trace) === 0) retire(state, trace);
  while (state.remembered > MAX_REMEMBERED && forgetOldest(state, trace)) {
    // Until the memory is within its bound again.
  }
}

/** Forgets the oldest trace, or the oldest target of the only one. False when there is nothing. */
function forgetOldest(state: SessionState, current: Trace): boolean {
  const oldest = state.past.values().next().value;
  if (oldest !== undefined && oldest !== current) {
    state.past.delete(oldest.id);
    state.remembered -= oldest.sealed.size;
    state.horizon = Math.max(state.horizon, oldest.lastArrival);
    return true;
  }
  const target = current.sealed.entries().next().value;
  if (target === undefined) return false;
  current.sealed.delete(target[0]);
  state.remembered -= 1;
  state.horizon = Math.max(state.horizon, target[1].at);
  return true;
}
