// One legacy event becomes actions that a session keeps, an event that needs no keeping, or a refusal in
// Langfuse's words. Pure: no I/O, no clock. Never throws for what a client sends.
import type { Action, Change, ScoreChange } from "../../../protocol/change.ts";
import { derivedId, laneOf, traceRecordId } from "../../../protocol/ids.ts";
import { isForbidden } from "../../../protocol/refusals.ts";
import { RefusalError } from "../../fields/refusal-error.ts";
import { refuseForbidden } from "../../interpret/bound.ts";
import type { AcceptedAction } from "../../interpret/interpreted.ts";
import { notedScore } from "../../interpret/interpret-score.ts";
import { collectNotes } from "../../interpret/notes.ts";
import { omitUndefined } from "../../omit-undefined.ts";
import type { LegacyContext } from "./context.ts";
import { actionOf, EVENT_KINDS, type EventKind } from "./event-types.ts";
import type { Reading } from "./fields.ts";
import { derivedFrom, idIn, namedTrace } from "./ids.ts";
import { invalid, type LegacyEvent, type RefusedEvent } from "./read-event.ts";
import { readObservation } from "./read-observation.ts";
import { readScore } from "./read-score.ts";
import { readTrace } from "./read-trace.ts";

export type InterpretedEvent =
  | { kind: "kept"; id: string; items: AcceptedAction[]; noted: boolean }
  /** Nothing of it is to be kept: taken and counted. */
  | { kind: "ignored"; id: string }
  | { kind: "refused"; refusal: RefusedEvent };

/** The trace of an observation, by the client's ids: of an update that does not say it. */
export type TraceOf = (observation: string) => string | undefined;

export function interpretEvent(
  event: LegacyEvent,
  context: LegacyContext,
  traceOf: TraceOf,
): InterpretedEvent {
  const { id } = event;
  const kind: EventKind = EVENT_KINDS[event.type];
  if (kind.kind === "log") return { kind: "ignored", id };
  const { privacy, now } = context;
  // A note may quote a key of the client's.
  const { note: addNote, masked: note, taken } = collectNotes(privacy);
  const body = privacy?.clean(event.body, addNote) ?? event.body;
  try {
    refuseForbidden({ ...context, wire: { action: actionOf(kind) } });
    const reading: Reading = { body, note, now };
    const changes = changesOf(event, kind, reading, context, traceOf);
    const notes = taken();
    const items = changes.map(({ change, elsewhere }) =>
      itemOf(event, withNotes(change, notes), elsewhere, context),
    );
    return { kind: "kept", id, items, noted: notes !== undefined };
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
    return { kind: "refused", refusal: refusalOf(id, error) };
  }
}

interface Written {
  change: Change | ScoreChange;
  elsewhere?: string;
}

function changesOf(
  event: LegacyEvent,
  kind: Exclude<EventKind, { kind: "log" }>,
  reading: Reading,
  context: LegacyContext,
  traceOf: TraceOf,
): Written[] {
  const at = event.at ?? context.now;
  if (kind.kind === "score") {
    const { score, elsewhere } = readScore(reading, event.id, context);
    return [{ change: score, ...omitUndefined({ elsewhere }) }];
  }
  const given = idIn(reading, "id");
  if (kind.kind === "trace") {
    const trace = namedTrace(given ?? derivedFrom(event.id), reading, context);
    return [{ change: readTrace(trace, reading, at, context) }];
  }
  if (given === undefined && kind.op !== "create") {
    throw new RefusalError("invalid_data", "body.id: says which one, and is missing");
  }
  const id = given ?? derivedFrom(event.id);
  const known = idIn(reading, "traceId") ?? traceOf(id);
  const trace = namedTrace(known ?? id, reading, context);
  const observation = readObservation(kind, trace, id, reading, at, context);
  if (known !== undefined || kind.op !== "create") return [{ change: observation }];
  // As Langfuse has it: what names no trace is one of its own.
  const { name, startTime } = observation.fields ?? {};
  const fields = omitUndefined({ name, startTime });
  return [{ change: recordFor(observation, fields, name) }, { change: observation }];
}

function recordFor(
  { trace, rawTrace, joined, apart }: Change,
  fields: NonNullable<Change["fields"]>,
  name: string | undefined,
): Change {
  return {
    kind: "change",
    op: "create",
    trace,
    target: traceRecordId(trace),
    root: true,
    legacy: true,
    fields,
    ...omitUndefined({
      rawTrace,
      joined,
      apart,
      traceFields: name === undefined ? undefined : { name },
    }),
  };
}

/** The event's id, told apart by what it speaks of: some clients give one id to several. */
function itemOf(
  event: LegacyEvent,
  change: Change | ScoreChange,
  elsewhere: string | undefined,
  { writer }: LegacyContext,
): AcceptedAction {
  const target = change.kind === "score" ? change.id : change.target;
  const action: Action = {
    id: derivedId("event", event.type, target, event.id),
    change,
    ...omitUndefined({ at: event.at }),
  };
  const lane = writer === "server" ? laneOf(change.trace || (elsewhere ?? "")) : undefined;
  return { kind: "action", action, ids: {}, ...omitUndefined({ lane, session: elsewhere }) };
}

function withNotes(
  change: Change | ScoreChange,
  notes: string[] | undefined,
): Change | ScoreChange {
  if (notes === undefined) return change;
  return { ...(change.kind === "score" ? notedScore(change, notes) : change), notes };
}

function refusalOf(id: string, { refusal: { code, message } }: RefusalError): RefusedEvent {
  if (!isForbidden(code)) return invalid(id, message);
  return { id, status: 401, message: "Authentication error", error: message };
}
