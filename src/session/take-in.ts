// Takes the actions of one request into a session. No I/O, no clock.
import type { AppendAnswer, AppendRequest } from "../protocol/session-calls.ts";
import type { SessionQuota } from "../settings.ts";
import { advance } from "./advance.ts";
import { applyEntry, type Entry } from "./entries.ts";
import type { Arrival } from "./fold.ts";
import { Gate } from "./quota.ts";
import type { Rules } from "./rules.ts";
import { isQuiet, pendingOf, type SessionState } from "./state.ts";
import type { Step } from "./step.ts";
import { DELETED, isDeleted } from "./tombstone.ts";
import { use } from "./used.ts";

/** On what terms a session takes actions in. */
export interface Terms {
  assembly: Rules;
  quota: SessionQuota;
}

export function takeIn(
  state: SessionState,
  request: AppendRequest,
  { assembly, quota }: Terms,
  now: number,
): Step<AppendAnswer> {
  const { actions, flush, writer, sessionId, clientId, sentAt } = request;
  if (isDeleted(state, now)) {
    return { answer: { results: actions.map(() => DELETED), ...countsOf(state) }, entries: [] };
  }
  advance(state, now);
  const { project, settings } = state;
  const entries = pin(state, request, assembly, now);
  const arrival: Arrival = {
    writer,
    ...(sessionId !== undefined && { sessionId }),
    ...(clientId !== undefined && { clientId }),
    ...(sentAt !== undefined && { sentAt }),
    actions,
  };
  const deliver = flush?.deliver === true;
  const before = state.unwritten.length;
  const entry: Entry = { k: "arrive", t: now, arrival, ...(deliver && { deliver }) };
  const counts = writer === "browser";
  const gate = new Gate(state, counts ? quota : undefined);
  const results = applyEntry(state, entry, gate);
  const taken = actions.filter((_, index) => results[index]?.status === "accepted");
  const answer = { results, ...countsOf(state) };
  if (taken.length === 0) {
    // Nothing happened, but that a flush may have sealed something: not even the settings are kept, or an object would hold them for ever.
    Object.assign(state, { project, settings });
    return { answer, entries: state.unwritten.splice(before) };
  }
  const { bytes } = gate;
  if (counts) state.used = use(state.used, state.t, taken.length, bytes);
  const kept = { ...entry, arrival: { ...arrival, actions: taken }, ...(counts && { bytes }) };
  return { answer, entries: [...entries, kept, ...state.unwritten.splice(before)] };
}

export function countsOf(state: SessionState): { pending: number; onTheirWay: number } {
  return { pending: pendingOf(state), onTheirWay: state.outbox.length };
}

/** Settings are pinned while something is assembled, so that a replay sees the ones that counted. */
function pin(state: SessionState, request: AppendRequest, assembly: Rules, now: number): Entry[] {
  const { project, settings } = state;
  if (request.actions.length === 0 || !isQuiet(state)) return [];
  const same = settings === assembly || JSON.stringify(settings) === JSON.stringify(assembly);
  if (project === request.project && same) return [];
  const entry: Entry = { k: "pin", t: now, project: request.project, settings: assembly };
  applyEntry(state, entry);
  return [entry];
}
