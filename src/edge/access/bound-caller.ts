// From the claims of a verified token to whom it lets in, and as whom. Pure. Claims that can't be
// meant make the token invalid: what is not understood must not let more in.
import { ownerOf, ownerTag } from "../../protocol/ids.ts";
import { MAX_ID_LENGTH } from "../../protocol/limits.ts";
import type { Project } from "../../settings/index.ts";
import type { Caller } from "../caller.ts";
import { omitUndefined } from "../omit-undefined.ts";

export interface TokenClaims {
  user: unknown;
  session: unknown;
  actions?: unknown;
}

/** The name of the claim that is wrong, or who it is. */
export function boundCaller(project: Project, claims: TokenClaims): Caller | { wrong: string } {
  const { user, session, actions } = claims;
  if (user !== undefined && !isName(user)) return { wrong: "user" };
  if (session !== undefined && !isName(session)) return { wrong: "session" };
  if (actions !== undefined && !isList(actions)) return { wrong: "actions" };
  const owner =
    user !== undefined
      ? ownerOf({ userId: user })
      : session !== undefined
        ? ownerOf({ sessionId: session })
        : undefined;
  if (owner === undefined) return { wrong: "user" };
  return {
    project,
    writer: "browser",
    owner,
    fromPage: true,
    tag: ownerTag(project.publicKey, owner),
    ...omitUndefined({
      sessionId: session,
      userId: user,
      actions: actions === undefined ? undefined : new Set(actions),
    }),
  };
}

/** Text that stays itself when it is kept and compared: an id of our own is made safe, not this. */
export function isName(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value !== "" &&
    value.length <= MAX_ID_LENGTH &&
    value.isWellFormed() &&
    // oxlint-disable-next-line no-control-regex -- what is looked for
    !/[\u0000-\u001f\u007f]/.test(value)
  );
}

function isList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
