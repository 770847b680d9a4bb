// The caller of a request and its bounds, from the claims of a verified token or from keys. Pure.
// Claims that can't be meant make a token invalid: what is not understood must not let more in.
import type { Writer } from "../../protocol/change.ts";
import { ownerOf, ownerTag } from "../../protocol/ids.ts";
import { MAX_ID_LENGTH } from "../../protocol/limits.ts";
import type { Project } from "../../settings/index.ts";
import { omitUndefined } from "../omit-undefined.ts";

/** A caller's bounds: nothing that it sends may contradict them. */
export interface Bound {
  /** A page is not to make a trace readable for everybody: a backend's half may be in it. */
  fromPage?: boolean;
  /** The caller names nobody where tokens name owners: an owner's traces are closed to it. */
  publicKeyOnly?: boolean;
  /** The suffix of the ids of its owner's traces and scores. */
  tag?: string;
  sessionId?: string;
  userId?: string;
  /** All that it may do; without it everything. */
  actions?: ReadonlySet<string>;
}

/** The sender of a request: for which project it speaks, and in whose namespace. */
export interface Caller extends Bound {
  project: Project;
  writer: Writer;
  /** `anonymous`, `server`, or the user or session of a token (protocol/ids.ts, `ownerOf`). */
  owner: string;
}

export interface TokenClaims {
  user: unknown;
  session: unknown;
  actions?: unknown;
}

/** The caller that a token's claims name, or the name of the claim that is wrong. */
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

/** Text that stays itself when it is stored and compared: an id of our own is made safe, not this. */
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
