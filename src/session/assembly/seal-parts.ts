// Seals given parts of a trace: their records go to the outbox, the parts are assembled no more, and what
// was sealed is remembered within a bound. No I/O, no clock. The journal is given the seals with its next write,
// so that a replay seals the same, whatever the rules and this code are by then.
import { MAX_REMEMBERED } from "../bounds.ts";
import type { Ordered } from "../outbox/outbox-state.ts";
import type { SessionState } from "../state.ts";
import { archiveTrace } from "./archive.ts";
import type { Draft, ScoreDraft, Seals, Trace, Verdict } from "./assembly-state.ts";
import { addTotals } from "./cost.ts";
import { phaseOf } from "./draft.ts";
import { isResting, isTop } from "./legacy.ts";
import { lengthOf } from "./order-key.ts";
import type { Part } from "./parts.ts";
import { withoutContent } from "./sampling.ts";
import { bareLate, bareObservation, bareScore, recordOr } from "./records/bare-record.ts";
import { lateRecord, observationRecord } from "./records/observation-record.ts";
import { scoreRecord } from "./records/score-record.ts";
import { assemblingOf, isAnythingLate, noteLeft } from "./trace.ts";

/**
 * @param abandoned open drafts among them are closed
 * @param verdict decided of the trace with these parts
 */
export function sealParts(
  state: SessionState,
  trace: Trace,
  parts: readonly Part[],
  abandoned: boolean,
  verdict?: Verdict,
): void {
  if (verdict !== undefined) {
    trace.verdict = verdict;
    delete trace.heldUntil;
  }
  if (state.settings.totals === true) countParts(trace, parts);
  for (const part of parts) {
    if (part.of === "scores") sealScore(state, trace, part.draft);
    else if (part.of === "late" || !part.draft.created) sealLate(state, trace, part.of, part.draft);
    else sealDraft(state, trace, part.draft, abandoned);
  }
  if (!isAnythingLate(trace)) delete trace.lateSince;
  if (parts.length > 0) {
    const createdSeqs = parts.map(({ draft }) => draft.createdSeq);
    const seals: Seals = { k: "seal", t: state.t, trace: trace.id, createdSeqs };
    state.unwritten.push({
      ...seals,
      ...(abandoned && { abandoned }),
      ...(verdict !== undefined && { verdict }),
    });
  }
  noteRest(trace);
  if (assemblingOf(trace) === 0) archiveTrace(state, trace);
  const most = state.settings.lane?.maxRemembered ?? MAX_REMEMBERED;
  while (state.remembered > most && forgetOldest(state, trace)) {
    // Until the memory is within its bound again.
  }
}

/** The root stands first, and has the totals of what is sealed with it too. */
function countParts(trace: Trace, parts: readonly Part[]): void {
  for (const part of parts) {
    if (part.of !== "drafts" || !part.draft.created) continue;
    const totals = totalsWith(trace, part.draft);
    if (totals !== undefined) trace.totals = totals;
  }
}

/** What can't be added up is left out, as its record's content is. */
function totalsWith({ totals }: Trace, { fields }: Draft): Trace["totals"] {
  try {
    return addTotals(totals, fields);
  } catch {
    return totals;
  }
}

/** What of legacy clients was complete and not sealed is complete since the oldest of it was last changed. */
function noteRest(trace: Trace): void {
  const [first] = trace.ready;
  const { legacyAt } = trace.drafts.get(first ?? "") ?? {};
  if (legacyAt !== undefined && trace.scores.size === 0) trace.completeSince = legacyAt;
}

function sealDraft(state: SessionState, trace: Trace, draft: Draft, abandoned: boolean): void {
  const top = isTop(trace, draft.id);
  const endTime = top ? trace.lastMoment : draft.lastAt;
  if (!top && phaseOf(draft) === "open") trace.open -= 1;
  if (!top && isResting(draft)) trace.resting -= 1;
  const record = recordOr(
    () => observationRecord(trace, draft, state, { endTime, abandoned }),
    () => bareObservation(trace, draft, state.nextSeq, endTime),
  );
  push(state, trace, record);
  trace.drafts.delete(draft.id);
  if (trace.ready.delete(draft.id)) noteLeft(trace, draft.size);
  leave(state, trace, draft.size);
  if (draft.legacyAt !== undefined) state.observationNames.remove(draft.raw ?? draft.id, trace.id);
  rememberSealed(state, trace, draft.id, { done: true, late: 0 });
  if (draft.id !== trace.legacy?.record) return;
  trace.legacy.sealedAs = record.id;
  // An action that makes the root later comes too late: there is one.
  if (record.id !== draft.id) rememberSealed(state, trace, record.id, { done: true, late: 0 });
}

function sealScore(state: SessionState, trace: Trace, score: ScoreDraft): void {
  const record = recordOr(
    () => scoreRecord(trace, score, state),
    () => bareScore(score, state.nextSeq),
  );
  push(state, trace, record);
  trace.scores.delete(score.id);
  noteLeft(trace, lengthOf(score.body));
  leave(state, trace, lengthOf(score.body));
}

function sealLate(state: SessionState, trace: Trace, of: "drafts" | "late", draft: Draft): void {
  const n = trace.sealed.get(draft.id)?.late ?? 0;
  const record = recordOr(
    () => lateRecord(trace, draft, state, n),
    () => bareLate(trace, draft, state.nextSeq, n),
  );
  push(state, trace, record);
  trace[of].delete(draft.id);
  if (of === "drafts") {
    trace.unseen.delete(draft.id);
    state.observationNames.remove(draft.raw ?? draft.id, trace.id);
  }
  leave(state, trace, draft.size);
  rememberSealed(state, trace, draft.id, { done: false, late: 1 });
}

/** Something of the trace is not being assembled any more. */
function leave(state: SessionState, trace: Trace, size: number): void {
  state.assembling -= 1;
  state.assemblingSize -= size;
  trace.size -= size;
}

function push(state: SessionState, { verdict }: Trace, whole: Ordered): void {
  const record = verdict?.kept === false ? withoutContent(whole) : whole;
  state.nextSeq += 1;
  state.outbox.push(record);
  state.outboxSize += record.size;
}

function rememberSealed(
  state: SessionState,
  trace: Trace,
  id: string,
  what: { done: boolean; late: number },
): void {
  const before = trace.sealed.get(id);
  if (before === undefined) state.remembered += 1;
  trace.sealed.set(id, {
    done: before?.done === true || what.done,
    late: (before?.late ?? 0) + what.late,
    at: state.t,
  });
}

/** Forgets the oldest trace, or the oldest target of the only one. False when there is nothing. */
function forgetOldest(state: SessionState, current: Trace): boolean {
  const oldest = state.sealedTraces.values().next().value;
  if (oldest !== undefined && oldest !== current) {
    state.sealedTraces.delete(oldest.id);
    state.remembered -= oldest.sealed.size;
    state.forgottenBefore = Math.max(state.forgottenBefore, oldest.lastArrival);
    return true;
  }
  const target = current.sealed.entries().next().value;
  if (target === undefined) return false;
  current.sealed.delete(target[0]);
  state.remembered -= 1;
  state.forgottenBefore = Math.max(state.forgottenBefore, target[1].at);
  return true;
}
