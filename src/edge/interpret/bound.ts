// A caller's bounds, enforced on one action. Pure. Absent fields are filled in from the token, fields
// that contradict it are refused; ids go into the owner's namespace.
import { ownedId } from "../../protocol/ids.ts";
import { MAX_ID_LENGTH } from "../../protocol/limits.ts";
import type { ActionContext, InterpretContext } from "./context.ts";
import { RefusalError } from "../fields/refusal-error.ts";

type WithBound = Pick<InterpretContext, "bound">;

/** An id of an owner's trace, in our form or in Langfuse's. */
const OWNED = /\.[0-9a-f]{16}$|^[0-9a-f]{32}$/i;

/** A trace's or score's id in its owner's namespace: the answer gives it, and it is valid from then on. */
export function ownId(id: string, field: string, { bound }: WithBound): string {
  if (bound?.publicKeyOnly === true && OWNED.test(id)) {
    const message = `${field}: looks like an owner's; the public key alone does not reach those`;
    throw new RefusalError("action_not_allowed", message, `data.${field}`);
  }
  const owned = ownedId(id, bound?.tag);
  if (owned.length <= MAX_ID_LENGTH || owned === id) return owned;
  // A longer id would be refused when the client sends it again.
  const room = MAX_ID_LENGTH - (owned.length - id.length);
  const message = `${field}: must be at most ${room} characters, to which the owner's tag is added`;
  throw new RefusalError("invalid_data", message, `data.${field}`);
}

/** An id that the edge has made, of a score that has none: apart from owners' and servers' for the public key alone. */
export function ownMadeId(id: string, { bound }: WithBound): string {
  return bound?.publicKeyOnly === true ? `${id}.page` : ownedId(id, bound?.tag);
}

export function ownSession(given: string | undefined, { bound }: WithBound): string | undefined {
  if (given === undefined || bound?.sessionId === undefined || given === bound.sessionId) {
    return given ?? bound?.sessionId;
  }
  const message = "sessionId: is another than the token's";
  throw new RefusalError("session_mismatch", message, "data.sessionId");
}

/** A session has no owner's tag: where tokens name owners, only a caller bound to it may score it. */
export function refuseForeignSession(context: WithBound): void {
  if (context.bound?.sessionId !== undefined || !isAmongOwners(context)) return;
  const message = "sessionId: a score of a session needs a token that names the session";
  throw new RefusalError("session_mismatch", message, "data.sessionId");
}

/** Whether the caller is a page where traces and sessions belong to owners: one of these, or nobody. */
export function isAmongOwners({ bound }: WithBound): boolean {
  return bound?.tag !== undefined || bound?.publicKeyOnly === true;
}

export function ownUser(given: string | undefined, { bound }: WithBound): string | undefined {
  if (given === undefined || bound?.userId === undefined || given === bound.userId) {
    return given ?? bound?.userId;
  }
  throw new RefusalError("user_mismatch", "userId: is another than the token's", "data.userId");
}

export function refuseForbidden({
  bound,
  wire,
}: WithBound & { wire: Pick<ActionContext["wire"], "action"> }): void {
  if (bound?.actions === undefined || bound.actions.has(wire.action)) return;
  throw new RefusalError("action_not_allowed", `${wire.action}: is not among the token's actions`);
}
