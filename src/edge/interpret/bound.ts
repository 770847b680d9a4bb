// What a caller's token binds, enforced on one action. Pure. What is absent is filled in from the
// token, what contradicts it is refused; ids go into the owner's namespace.
import { ownedId } from "../../protocol/ids.ts";
import { MAX_ID_LENGTH } from "../../protocol/limits.ts";
import type { ActionContext, InterpretContext } from "./context.ts";
import { Refused } from "./refused.ts";

type Holder = Pick<InterpretContext, "bound">;

/** What the ids of owners' traces look like, in our form and in Langfuse's. */
const OWNED = /\.[0-9a-f]{16}$|^[0-9a-f]{32}$/i;

/** A trace's or score's id as its owner has it: what it is answered by, and known by from then on. */
export function ownId(id: string, field: string, { bound }: Holder): string {
  if (bound?.publicKeyOnly === true && OWNED.test(id)) {
    const message = `${field}: looks like an owner's; the public key alone does not reach those`;
    throw new Refused("action_not_allowed", message, `data.${field}`);
  }
  const owned = ownedId(id, bound?.tag);
  if (owned.length <= MAX_ID_LENGTH || owned === id) return owned;
  // It has to be an id that can be sent again.
  const room = MAX_ID_LENGTH - (owned.length - id.length);
  const message = `${field}: must be at most ${room} characters, to which the owner's tag is added`;
  throw new Refused("invalid_data", message, `data.${field}`);
}

export function ownSession(given: string | undefined, { bound }: Holder): string | undefined {
  if (given === undefined || bound?.sessionId === undefined || given === bound.sessionId) {
    return given ?? bound?.sessionId;
  }
  const message = "sessionId: is another than the token's";
  throw new Refused("session_mismatch", message, "data.sessionId");
}

export function ownUser(given: string | undefined, { bound }: Holder): string | undefined {
  if (given === undefined || bound?.userId === undefined || given === bound.userId) {
    return given ?? bound?.userId;
  }
  throw new Refused("user_mismatch", "userId: is another than the token's", "data.userId");
}

export function refuseForbidden({ bound, wire }: Pick<ActionContext, "bound" | "wire">): void {
  if (bound?.actions === undefined || bound.actions.has(wire.action)) return;
  throw new Refused("action_not_allowed", `${wire.action}: is not among the token's actions`);
}
