// One action of the wire becomes one change that a session keeps, a flush order, or a refusal with a
// name. Pure: no I/O, no clock; the same action always gives the same ids. Never throws for what a
// client sends; must not decide where an action goes (route-actions.ts).
import { MAX_ID_LENGTH } from "../../protocol/limits.ts";
import { holdsLongInteger } from "../../protocol/json/long-integers.ts";
import { type ActionName, flushData, isObject, wireAction } from "../../protocol/wire.ts";
import type { FlushOrder, Interpreted, AcceptedAction } from "./interpreted.ts";
import { interpretObservation, type ObservationAction } from "./interpret-observation.ts";
import { interpretScore, notedScore } from "./interpret-score.ts";
import { interpretTrace } from "./interpret-trace.ts";
import { parseFields } from "../fields/parse-fields.ts";
import { ownSession, refuseForbidden } from "./bound.ts";
import { traceName } from "./trace-name.ts";
import { collectNotes } from "./notes.ts";
import { parseData } from "../fields/parse-data.ts";
import { omitUndefined } from "../omit-undefined.ts";
import { readOwnerId, readText, readTime } from "../fields/read-values.ts";
import type { Envelope, ActionContext, InterpretContext } from "./context.ts";
import { RefusalError } from "../fields/refusal-error.ts";

export function interpret(
  raw: unknown,
  envelope: Envelope,
  requestContext: InterpretContext,
): Interpreted {
  const id = omitUndefined({ id: clientId(raw) });
  try {
    return { ...readAction(raw, envelope, requestContext), ...id };
  } catch (error) {
    if (error instanceof RefusalError) return { kind: "refused", refusal: error.refusal, ...id };
    throw error;
  }
}

function readAction(
  raw: unknown,
  envelope: Envelope,
  requestContext: InterpretContext,
): AcceptedAction | FlushOrder {
  const parsed = parseFields(wireAction, raw);
  if ("issues" in parsed) {
    const { path = "", message = "is invalid" } = parsed.issues[0] ?? {};
    const code = path === "data" ? "invalid_data" : "invalid_action";
    throw path === ""
      ? new RefusalError(code, message)
      : new RefusalError(code, `${path}: ${message}`, path);
  }
  const wire = parsed.data;
  refuseForbidden({ ...requestContext, wire });
  const { privacy } = requestContext;
  // A note may quote a key of the client's.
  const { note: addNote, masked: note, taken } = collectNotes(privacy);
  const at = readTime(wire.at, "at", { now: requestContext.now, note }, "at");
  const given = wire.data ?? {};
  const data = privacy?.clean(given, addNote) ?? given;
  const context: ActionContext = { ...requestContext, envelope, wire, data, at, note };
  const actionId = readText(wire.id, "id", note);
  const { longIntegers } = requestContext;
  if (longIntegers !== undefined && holdsLongInteger(given, longIntegers)) {
    note("whole numbers beyond 2^53 became text");
  }
  const read = readByName(wire.action, context);
  if (read.kind === "flush") return read;

  const { action } = read;
  const order = omitUndefined({
    id: actionId ?? action.id,
    at,
    // A number without a client counts nothing, and would look like another client's.
    seq: envelope.clientId === undefined ? undefined : (wire.seq ?? undefined),
  });
  const notes = taken();
  if (notes === undefined) return { ...read, action: { ...order, change: action.change } };
  const noted = action.change.kind === "score" ? notedScore(action.change, notes) : action.change;
  return { ...read, action: { ...order, change: { ...noted, notes } } };
}

function readByName(name: ActionName, context: ActionContext): AcceptedAction | FlushOrder {
  const observation = (what: ObservationAction): AcceptedAction =>
    interpretObservation(what, context);
  switch (name) {
    case "create_trace":
      return interpretTrace("create", context);
    case "update_trace":
      return interpretTrace("update", context);
    case "end_trace":
      return interpretTrace("end", context);
    case "create_span":
      return observation({ op: "create", idName: "spanId", type: "span" });
    case "update_span":
      return observation({ op: "update", idName: "spanId" });
    case "end_span":
      return observation({ op: "end", idName: "spanId" });
    case "create_generation":
      return observation({ op: "create", idName: "generationId", type: "generation" });
    case "update_generation":
      return observation({ op: "update", idName: "generationId" });
    case "end_generation":
      return observation({ op: "end", idName: "generationId" });
    case "create_observation":
      return observation({ op: "create", idName: "observationId", type: "named" });
    case "create_event":
      return observation({ op: "create", idName: "eventId", type: "event" });
    case "create_score":
      return interpretScore(context);
    case "flush":
      return interpretFlush(context);
  }
}

function interpretFlush(context: ActionContext): FlushOrder {
  const data = parseData(flushData, context.data);
  return {
    kind: "flush",
    deliver: (data.deliver ?? context.wire.deliver) === true,
    ...omitUndefined({
      sessionId: ownSession(readOwnerId(data.sessionId, "sessionId", context.note), context),
      trace: traceName(data.traceId, context)?.langfuse,
    }),
  };
}

/** The client's own id of the action, also where the rest of it is not understood. */
function clientId(raw: unknown): string | undefined {
  const id = isObject(raw) ? raw["id"] : undefined;
  if (typeof id !== "string" && typeof id !== "number") return undefined;
  const text = String(id);
  return text !== "" && text.length <= MAX_ID_LENGTH ? text : undefined;
}
