// Folds the actions of one request into the state. No I/O, no clock. Independent of the order in
// which actions come and of their repetition, as long as they come before what they speak of is sealed.
import type { Action, Writer } from "../../protocol/change.ts";
import type { AppendResult } from "../../protocol/session/append-calls.ts";
import { correctClock } from "./correct-clock.ts";
import { lookUp, rememberAction, wasForgotten } from "../dedup/dedup.ts";
import { forgottenSessionOf, partOfAction } from "../erasure/forgotten-sessions.ts";
import { DELETED } from "../erasure/tombstone.ts";
import { openTrace } from "./archive.ts";
import { FULL, isElsewhere, overflowPart } from "../quota/overflow.ts";
import type { QuotaGate } from "../quota/quota-gate.ts";
import { dropUnstored } from "../dead-letters/letters.ts";
import type { SessionState } from "../state.ts";
import { type OrderKey, UNNUMBERED } from "./order-key.ts";
import { setRegister } from "./draft.ts";
import { addClient, assemblingOf, foldChange, foldScore } from "./trace.ts";
import { updateDeadline } from "../deadlines/next-deadline.ts";

/** Actions of one request, as the journal keeps them. */
export interface Arrival {
  writer: Writer;
  sessionId?: string;
  clientId?: string;
  sentAt?: number;
  actions: Action[];
}

const TOO_OLD: AppendResult = {
  status: "refused",
  code: "too_old",
  message:
    "older than what the edge remembers of this session; it can't tell whether it is a repeat. A client whose clock may be wrong says sentAt",
};

/**
 * Folds each action that is new, at the state's time. One result for each.
 * @param gate `replay` for actions that were taken before: taken they stay, whatever is too old by now
 */
export function foldArrival(
  state: SessionState,
  arrival: Arrival,
  gate: QuotaGate | "replay" | undefined,
): AppendResult[] {
  const offset = offsetOf(state, arrival);
  const forgotten = gate === "replay" ? undefined : forgottenSessionOf(state);
  return arrival.actions.map((action) =>
    forgotten?.(partOfAction(action)) !== undefined
      ? DELETED
      : foldAction(state, arrival, action, offset, gate),
  );
}

function foldAction(
  state: SessionState,
  arrival: Arrival,
  given: Action,
  offset: number,
  gate: QuotaGate | "replay" | undefined,
): AppendResult {
  const action = offset === 0 ? given : correctClock(given, offset, state.t);
  const { clientId } = arrival;
  // Values that the client did not send are filled in here, from the journal alone: a replay sees the same.
  // A moment ahead of the edge's own clock is a mistake that must not outlive this action.
  const at = Math.min(action.at ?? state.t, state.t + state.settings.clockToleranceMs);
  const identity = { clientId, seq: action.seq, id: action.id, at };
  const { change } = action;
  const legacy = change.legacy === true;
  // Its client would send all of its batch again, three times, and then lose it.
  const beside = legacy && wasForgotten(state, identity);
  if (gate !== "replay") {
    const acquaintance = lookUp(state, identity);
    if (acquaintance === "repeat") return { status: "repeat" };
    if (acquaintance === "too_old" && !legacy) return TOO_OLD;
    if (isElsewhere(state, overflowPart(given).name)) return FULL;
    const refusal = gate?.refuse(given);
    // Not remembered: the same action is news when it comes again.
    if (refusal !== undefined) return refusal;
  }
  rememberAction(state, identity, offset);
  state.actions += 1;
  state.counts.accepted += 1;
  if (given.drop !== undefined) {
    dropUnstored(state, given.drop);
    return { status: "accepted" };
  }

  const createdSeq = state.actions;
  const trace = openTrace(state, change.trace, createdSeq);
  const before = assemblingOf(trace);
  const sizeBefore = trace.size;
  const rank = change.kind === "change" && change.op !== "create" ? 1 : 0;
  const numbered = clientId !== undefined && action.seq !== undefined;
  const orderKey: OrderKey = [rank, at, numbered ? clientId : UNNUMBERED, action.seq ?? createdSeq];
  if (clientId !== undefined) addClient(trace, clientId);
  if (arrival.sessionId !== undefined) {
    // The request's session is the trace's until an action names one.
    setRegister(trace.fields, "sessionId", arrival.sessionId, [-1, at, UNNUMBERED, 0]);
  }
  const { maxDraftSize } = state.settings;
  const arrived = { now: state.t, createdSeq, maxDraftSize, beside };
  if (change.kind === "score") foldScore(trace, change, orderKey, arrived);
  else {
    foldChange(trace, change, orderKey, arrived);
    if (legacy && change.root !== true && trace.drafts.has(change.target)) {
      state.observationNames.put(change.rawTarget ?? change.target, trace.id);
    }
  }
  state.assembling += assemblingOf(trace) - before;
  state.assemblingSize += trace.size - sizeBefore;
  updateDeadline(state, trace);
  return { status: "accepted" };
}

/** A clock was set anew when it is off by so many tolerances more than before: less may be a slow network. */
const SET_ANEW = 6;

/** The first request of a client sets its clock's offset, if it is large; later ones keep it, or see a jump. */
function offsetOf(state: SessionState, arrival: Arrival): number {
  const { clientId, sentAt } = arrival;
  const { clockToleranceMs } = state.settings;
  const before = clientId === undefined ? undefined : state.clients.get(clientId)?.offset;
  if (sentAt === undefined) return before ?? 0;
  const raw = state.t - sentAt;
  if (before !== undefined && Math.abs(raw - before) <= SET_ANEW * clockToleranceMs) return before;
  return Math.abs(raw) > clockToleranceMs ? raw : 0;
}
