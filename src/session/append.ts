// Takes the actions of one request into a session. No I/O, no clock.
import type { Action } from "../protocol/change.ts";
import type { AppendAnswer, AppendRequest, AppendResult } from "../protocol/session-calls.ts";
import type { SessionQuota } from "../settings/index.ts";
import { advance } from "./deadlines/advance.ts";
import { applyEntry, type Entry } from "./journal/entries.ts";
import type { Arrival } from "./assembly/fold.ts";
import { lookUp } from "./dedup/dedup.ts";
import { newlyOverflowed } from "./quota/overflow.ts";
import { QuotaGate } from "./quota/quota-gate.ts";
import { laneRulesOf, type Rules } from "./assembly/rules.ts";
import { isDrained, pendingOf, type SessionState } from "./state.ts";
import type { Transition } from "./journal/entries.ts";
import { forgottenSessionOf, tracesForgotten } from "./erasure/forgotten-sessions.ts";
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
  const found = foundForgotten(state, actions, now);
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
    request.lane === true ? overflow(state, actions, results, now) : [];
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
  { actions, lane }: AppendRequest,
  answer: AppendAnswer,
  now: number,
): Transition<AppendAnswer> {
  if (lane !== true) return { answer, entries: [] };
  const sessionOf = forgottenSessionOf(state);
  const results = answer.results.map((result, place): AppendResult => {
    const action = actions[place];
    if (action === undefined) return result;
    if (sessionOf?.(action) !== undefined) return DELETED;
    const identity = { id: action.id, at: action.at ?? now };
    return lookUp(state, identity) === "repeat" ? { status: "repeat" } : result;
  });
  return { answer: { ...answer, results }, entries: overflow(state, actions, results, now) };
}

function overflow(
  state: SessionState,
  actions: readonly Action[],
  results: readonly AppendResult[],
  t: number,
): Entry[] {
  const traces = newlyOverflowed(state, actions, results);
  if (traces.length === 0) return [];
  const entry: Entry = { k: "overflow", t, traces };
  applyEntry(state, entry);
  return [entry];
}

/** Traces of a forgotten session that become known as such: what comes later of them names no session. */
function foundForgotten(state: SessionState, actions: readonly Action[], t: number): Entry[] {
  return tracesForgotten(state, actions).map(([session, traces]) => {
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
