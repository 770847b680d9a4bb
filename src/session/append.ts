// Takes the actions of one request into a session. No I/O, no clock.
import type { Action } from "../protocol/change.ts";
import type { AppendAnswer, AppendRequest } from "../protocol/session-calls.ts";
import type { SessionQuota } from "../settings/index.ts";
import { advance } from "./deadlines/advance.ts";
import { applyEntry, type Entry } from "./journal/entries.ts";
import type { Arrival } from "./assembly/fold.ts";
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
  if (taken.length === 0) {
    // At most a flush has sealed something. Not even the settings are kept, or an object would hold them
    // for ever.
    Object.assign(state, { project, settings, books });
    return { answer, entries: [...found, ...state.unwritten.splice(before)] };
  }
  const { bytes } = gate;
  if (counts) state.usage = addUsage(state.usage, state.t, taken.length, bytes);
  const kept = { ...entry, arrival: { ...arrival, actions: taken }, ...(counts && { bytes }) };
  return { answer, entries: [...found, ...entries, kept, ...state.unwritten.splice(before)] };
}

/** Of a full lane: what belongs to a forgotten session must not go elsewhere. */
export function refuseForgotten(
  state: SessionState,
  actions: readonly Action[],
  answer: AppendAnswer,
): AppendAnswer {
  const sessionOf = forgottenSessionOf(state);
  if (sessionOf === undefined || actions.length === 0) return answer;
  const results = answer.results.map((result, place) => {
    const action = actions[place];
    return action !== undefined && sessionOf(action) !== undefined ? DELETED : result;
  });
  return { ...answer, results };
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
