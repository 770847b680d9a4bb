// The envelope of a request: its actions, and the fields that hold for all of them. Pure.
import { parseTime } from "../../protocol/time.ts";
import { wireAction, wireEnvelope } from "../../protocol/wire.ts";
import { findTypo } from "../fields/typo.ts";
import { parseFields } from "../fields/parse-fields.ts";
import { omitUndefined } from "../omit-undefined.ts";
import { isBelievable, readOwnerId, readText } from "../fields/read-values.ts";
import type { Envelope, InterpretContext } from "../interpret/context.ts";
import { readGivenUp } from "./given-up.ts";
import type { Issue, RequestRefusal } from "../request-refusal.ts";

export interface ReadEnvelope {
  envelope: Envelope;
  /** Not yet parsed. */
  actions: unknown[];
  /** Notes on changes in the envelope. */
  notes: readonly string[];
  /** Actions that the client gave up so far, by reason, where it says so. */
  givenUp?: Record<string, number>;
  /** One action with its fields beside the envelope's: it is answered alone. */
  single: boolean;
}

const KNOWN = { ...wireEnvelope.shape, ...wireAction.shape };

export function readEnvelope(
  body: unknown,
  { now, bound }: Pick<InterpretContext, "now" | "bound">,
  maxActions: number,
): ReadEnvelope | RequestRefusal {
  const parsed = parseFields(wireEnvelope, body);
  if ("issues" in parsed) return invalid(parsed.issues);
  const { data } = parsed;
  const mistake = findTypo(data, KNOWN);
  if (mistake !== undefined) {
    const message = `unknown, probably ${mistake.meant} is meant`;
    return invalid([{ path: mistake.field, message }]);
  }
  const single = Object.hasOwn(data, "action");
  const { actions } = data;
  if (single === (actions !== undefined)) {
    return invalid([{ path: "actions", message: "either actions or one action is needed" }]);
  }
  if (actions?.length === 0) {
    return invalid([{ path: "actions", message: "must not be empty" }]);
  }
  if (actions !== undefined && actions.length > maxActions) {
    const message = `a request may have at most ${maxActions} actions`;
    return { code: "too_many_actions", message };
  }
  const given = data.sentAt ?? undefined;
  const sentAt = parseTime(given);
  if (given !== undefined && sentAt === undefined) {
    return invalid([{ path: "sentAt", message: "must be ISO text or epoch milliseconds" }]);
  }
  const silent = (): void => {};
  const notes: string[] = [];
  const sessionId = readOwnerId(data.sessionId, "sessionId", (text) => notes.push(text));
  if (bound?.sessionId !== undefined && sessionId !== undefined && sessionId !== bound.sessionId) {
    return { code: "session_mismatch", message: "sessionId: is another than the token's" };
  }
  return {
    ...omitUndefined({ givenUp: readGivenUp(data.dropped) }),
    notes,
    single,
    actions: actions ?? [data],
    envelope: omitUndefined({
      sessionId: sessionId ?? bound?.sessionId,
      clientId: readText(data.clientId, "clientId", silent),
      // A clock that is decades off can't correct the times that it gave.
      sentAt: sentAt !== undefined && isBelievable(sentAt, now) ? sentAt : undefined,
    }),
  };
}

function invalid(issues: Issue[]): RequestRefusal {
  const [first] = issues;
  const where = first?.path ? `${first.path}: ` : "the body ";
  return { code: "invalid_request", message: `${where}${first?.message ?? "is invalid"}`, issues };
}
