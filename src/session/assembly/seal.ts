// Complete drafts become immutable records. No I/O, no clock: `at` is the due
// time that the journal gives. A record is sealed once; what comes for it later goes out beside it.
// The journal is given the seals with its next write, so that a replay seals the same, whatever
// the rules and this code are by then.
import { MAX_REMEMBERED } from "../bounds.ts";
import { addTotals } from "./cost.ts";
import { phaseOf } from "./draft.ts";
import {
  isFull,
  legacyGraceMs,
  type TraceDeadlines,
  traceDeadlines,
} from "../deadlines/trace-deadlines.ts";
import { isResting, isTop } from "./legacy.ts";
import { lateRecord, observationRecord, scoreRecord } from "./to-record.ts";
import { longestGap } from "../deadlines/next-deadline.ts";
import { archiveTrace } from "./archive.ts";
import { decide, isTooLong, isUndecided, withoutContent } from "./sampling.ts";
import { lengthOf } from "./order-key.ts";
import type { Ordered } from "../outbox/outbox-state.ts";
import type { Draft, ScoreDraft, Seals, Trace, Verdict } from "./assembly-state.ts";
import type { SessionState } from "../state.ts";
import { assemblingOf, isAnythingLate, noteLeft } from "./trace.ts";

/** Something of a trace that can be sealed. */
type Part = { of: "drafts" | "late"; draft: Draft } | { of: "scores"; draft: ScoreDraft };

/** Seals the parts of a trace that are due at `at`. */
export function sealDue(state: SessionState, trace: Trace, at: number): void {
  const dues = traceDeadlines(trace, state.settings, longestGap(state, trace.clients)?.until);
  const isDue = (part: keyof TraceDeadlines): boolean =>
    (dues[part] ?? Number.POSITIVE_INFINITY) <= at;
  const idle = isDue("idle");
  const abandoned = isDue("abandoned") || (idle && trace.resting > 0);
  const over = abandoned || idle;
  const top = over ? [...rootOf(trace), ...recordOf(trace)] : isDue("end") ? rootOf(trace) : [];
  const complete = over || isDue("end") || isDue("complete") ? completeOf(trace, abandoned) : [];
  const undecided = isUndecided(trace, state.settings);
  const full = isFull(trace, state.settings) || (undecided && isTooLong(trace));
  const waits = over || full ? 0 : legacyGraceMs(state.settings);
  const rested = complete.filter(
    ({ draft }) => !("legacyAt" in draft) || restsAt(draft, waits) <= at,
  );
  const late = over || isDue("late") ? lateOf(trace) : [];
  const parts = [...top, ...rested, ...late];
  if (parts.length === 0 || !undecided) {
    return sealParts(state, trace, parts, abandoned);
  }
  const verdict = decide(state, trace, top.length > 0, at);
  if (verdict !== undefined) sealParts(state, trace, parts, abandoned, verdict);
}

/** When a legacy client's observation has waited long enough for a trailing update. */
function restsAt({ legacyAt = 0 }: Draft, graceMs: number): number {
  return legacyAt + graceMs;
}

/** Seals at once what is complete, as a flush with `deliver` asks; what is open stays. */
export function sealNow(state: SessionState, trace: Trace): void {
  const root = trace.endedSince === undefined ? [] : rootOf(trace);
  const parts = [...root, ...completeOf(trace, false)];
  if (!isUndecided(trace, state.settings)) return sealParts(state, trace, parts, false);
  // A hurry decides nothing: what waits for its trace's end waits for it.
  if (root.length === 0 && !isTooLong(trace)) return;
  const verdict = decide(state, trace, root.length > 0, state.t);
  if (verdict?.kept === true) sealParts(state, trace, parts, false, verdict);
}

/** Seals what the journal says was sealed of a trace: parts by their ids and the numbers of their first actions. */
export function sealNamed(
  state: SessionState,
  trace: Trace,
  names: readonly (readonly [id: string, createdSeq: number])[],
  abandoned: boolean,
  verdict?: Verdict,
): void {
  const parts = names.map(([id, createdSeq]) => partNamed(trace, id, createdSeq));
  sealParts(
    state,
    trace,
    parts.filter((part) => part !== undefined),
    abandoned,
    verdict,
  );
}

/** Seals these parts, wherever in the session they are. Returns the traces concerned. */
export function sealByCreatedSeq(state: SessionState, createdSeqs: ReadonlySet<number>): Trace[] {
  const found: Trace[] = [];
  for (const trace of state.openTraces.values()) {
    const parts = partsOf(trace).filter(({ draft }) => createdSeqs.has(draft.createdSeq));
    if (parts.length === 0) continue;
    sealParts(state, trace, parts, false);
    found.push(trace);
  }
  return found;
}

function partNamed(trace: Trace, id: string, createdSeq: number): Part | undefined {
  for (const part of ["drafts", "late"] as const) {
    const draft = trace[part].get(id);
    if (draft?.createdSeq === createdSeq) return { of: part, draft };
  }
  const draft = trace.scores.get(id);
  return draft?.createdSeq === createdSeq ? { of: "scores", draft } : undefined;
}

function rootOf(trace: Trace): Part[] {
  const draft = trace.drafts.get(trace.rootId);
  return draft?.created === true ? [{ of: "drafts", draft }] : [];
}

/** The trace record of legacy clients. */
function recordOf({ drafts, legacy }: Trace): Part[] {
  const draft = drafts.get(legacy?.record ?? "");
  return draft?.created === true ? [{ of: "drafts", draft }] : [];
}

function completeOf(trace: Trace, abandoned: boolean): Part[] {
  // Work goes by what is sealed, not by what is open beside it.
  const drafts = abandoned ? [...trace.drafts.values()] : inOrder(trace, trace.ready);
  const observations = drafts.filter(({ id, created }) => !isTop(trace, id) && created);
  return [
    ...observations.map((draft): Part => ({ of: "drafts", draft })),
    ...Array.from(trace.scores.values(), (draft): Part => ({ of: "scores", draft })),
  ];
}

function lateOf(trace: Trace): Part[] {
  return [
    ...Array.from(trace.late.values(), (draft): Part => ({ of: "late", draft })),
    ...inOrder(trace, trace.unseen).map((draft): Part => ({ of: "drafts", draft })),
  ];
}

function partsOf(trace: Trace): Part[] {
  const drafts = Array.from(trace.drafts.values(), (draft): Part => ({ of: "drafts", draft }));
  const late = Array.from(trace.late.values(), (draft): Part => ({ of: "late", draft }));
  const scores = Array.from(trace.scores.values(), (draft): Part => ({ of: "scores", draft }));
  return [...drafts, ...late, ...scores];
}

function sealParts(
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
    const totals = addTotals(trace.totals, part.draft.fields);
    if (totals !== undefined) trace.totals = totals;
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
  const record = observationRecord(trace, draft, state, { endTime, abandoned });
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
  push(state, trace, scoreRecord(trace, score, state));
  trace.scores.delete(score.id);
  noteLeft(trace, lengthOf(score.body));
  leave(state, trace, lengthOf(score.body));
}

function sealLate(state: SessionState, trace: Trace, of: "drafts" | "late", draft: Draft): void {
  const n = trace.sealed.get(draft.id)?.late ?? 0;
  push(state, trace, lateRecord(trace, draft, state, n));
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

function inOrder({ drafts }: Trace, ids: ReadonlySet<string>): Draft[] {
  const found = Array.from(ids, (id) => drafts.get(id));
  return found.filter((draft) => draft !== undefined).sort((a, b) => a.createdSeq - b.createdSeq);
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
