// Takes the actions of one request into a session. No I/O, no clock.
import type {
  AppendAnswer,
  AppendRequest,
  AppendResult,
  CompleteSpan,
} from "../protocol/session/append-calls.ts";
import type { SessionQuota } from "../settings/index.ts";
import { advance } from "./deadlines/advance.ts";
import { applyEntry, type Entry, type Transition } from "./journal/entries.ts";
import type { Arrival } from "./assembly/fold.ts";
import { lookUp } from "./dedup/dedup.ts";
import { newlyOverflowed, overflowPart, type OverflowPart } from "./quota/overflow.ts";
import { QuotaGate } from "./quota/quota-gate.ts";
import { laneRulesOf, type Rules } from "./assembly/rules.ts";
import { isDrained, pendingOf, type SessionState } from "./state.ts";
import {
  forgottenSessionOf,
  type Part,
  partOfAction,
  partOfSpan,
  tracesForgotten,
} from "./erasure/forgotten-sessions.ts";
import { isKnownSpan } from "./spans/fold-spans.ts";
import { DELETED, isDeleted } from "./erasure/tombstone.ts";
import { addUsage } from "./quota/usage-window.ts";

/** The rules and the quota under which a session takes actions. */
export interface AppendPolicy {
  assembly: Rules;
  quota: SessionQuota;
}

export function appendActions(
  state: SessionState,
  request: AppendRequest,
  { assembly, quota }: AppendPolicy,
  now: number,
): Transition<AppendAnswer> {
  const { actions, flush, writer, sessionId, clientId, sentAt } = request;
  if (isDeleted(state, now)) {
    return { answer: { results: actions.map(() => DELETED), ...countsOf(state) }, entries: [] };
  }
  advance(state, now);
  const found = foundForgotten(state, actions.map(partOfAction), now);
  const { project, settings, books } = state;
  const rules = request.lane === true ? laneRulesOf(assembly) : assembly;
  const entries = pin(state, request, rules, now);
  const arrival: Arrival = {
    writer,
    ...(sessionId !== undefined && { sessionId }),
    ...(clientId !== undefined && { clientId }),
    ...(sentAt !== undefined && { sentAt }),
    actions,
  };
  const deliver = flush?.deliver === true;
  const before = state.unwritten.length;
  const entry: Entry = { k: "append", t: now, arrival, ...(deliver && { deliver }) };
  const counts = writer === "browser";
  const gate = new QuotaGate(state, counts ? quota : undefined);
  const results = applyEntry(state, entry, gate);
  const taken = actions.filter((_, index) => results[index]?.status === "accepted");
  const answer = { results, ...countsOf(state) };
  const turnedAway = (): Entry[] =>
    request.lane === true ? overflow(state, actions.map(overflowPart), results, now) : [];
  if (taken.length === 0) {
    // At most a flush has sealed something. Not even the settings are kept, or an object would hold them
    // for ever.
    Object.assign(state, { project, settings, books });
    const sealed = state.unwritten.splice(before);
    return { answer, entries: [...found, ...sealed, ...turnedAway()] };
  }
  const { bytes } = gate;
  if (counts) state.usage = addUsage(state.usage, state.t, taken.length, bytes);
  const kept = { ...entry, arrival: { ...arrival, actions: taken }, ...(counts && { bytes }) };
  const sealed = state.unwritten.splice(before);
  return { answer, entries: [...found, ...entries, kept, ...sealed, ...turnedAway()] };
}

/**
 * Of a full lane: what it has already is no news, what belongs to a forgotten session must not go elsewhere, and
 * what does go there is remembered.
 */
export function refuseFull(
  state: SessionState,
  { actions, spans, lane }: AppendRequest,
  answer: AppendAnswer,
  now: number,
): Transition<AppendAnswer> {
  if (lane !== true) return { answer, entries: [] };
  const sessionOf = forgottenSessionOf(state);
  const sent: Sent[] =
    spans?.items.map((item) => sentSpan(item, state)) ??
    actions.map((action): Sent => ({
      ...overflowPart(action),
      isKnown: lookUp(state, { id: action.id, at: action.at ?? now }) === "repeat",
    }));
  const results = answer.results.map((result, place): AppendResult => {
    const one = sent[place];
    if (one === undefined) return result;
    if (sessionOf?.(one) !== undefined) return DELETED;
    return one.isKnown ? { status: "repeat" } : result;
  });
  return { answer: { ...answer, results }, entries: overflow(state, sent, results, now) };
}

interface Sent extends OverflowPart {
  isKnown: boolean;
}

function sentSpan(item: CompleteSpan, state: SessionState): Sent {
  const part = partOfSpan(item);
  return { ...part, name: part.trace, isKnown: isKnownSpan(state, item) };
}

/** What a lane has turned away becomes known as such. */
export function overflow(
  state: SessionState,
  sent: readonly OverflowPart[],
  results: readonly AppendResult[],
  t: number,
): Entry[] {
  const overflowed = newlyOverflowed(state, sent, results);
  if (overflowed === undefined) return [];
  const entry: Entry = { k: "overflow", t, ...overflowed };
  applyEntry(state, entry);
  return [entry];
}

/** Traces of a forgotten session that become known as such: what comes later of them names no session. */
export function foundForgotten(state: SessionState, parts: readonly Part[], t: number): Entry[] {
  return tracesForgotten(state, parts).map(([session, traces]) => {
    const entry: Entry = { k: "forgetTraces", t, session, traces };
    applyEntry(state, entry);
    return entry;
  });
}

export function countsOf(state: SessionState): { pending: number; sealed: number } {
  return { pending: pendingOf(state), sealed: state.outbox.length };
}

/** Settings are pinned while something is assembled, so that a replay sees the ones that counted. */
export function pin(
  state: SessionState,
  request: AppendRequest,
  assembly: Rules,
  now: number,
): Entry[] {
  const { project, settings } = state;
  const count = request.actions.length + (request.spans?.items.length ?? 0);
  if (count === 0 || !isDrained(state)) return [];
  const same = settings === assembly || JSON.stringify(settings) === JSON.stringify(assembly);
  if (project === request.project && same) return [];
  const entry: Entry = { k: "settings", t: now, project: request.project, settings: assembly };
  applyEntry(state, entry);
  return [entry];
}
