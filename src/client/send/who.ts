// The user and session of the page's actions. Nothing of one identity is ever sent under another.
import { ownerTag } from "../trace/ids.ts";
import type { Identity } from "./options.ts";

export interface Who extends Identity {
  /** Names edge, project, user and session; missing while they are not known. */
  owner?: string;
  /** The end of trace ids: empty where they have no owner, missing while that is not known. */
  tag?: string | undefined;
}

/** `ownSession`: the page's own, where the app has none. */
export function whoIs(endpoint: string, identity: Identity, ownSession: string): Who {
  const { token, publicKey = "", userId = "", sessionId = "" } = identity;
  const user = userId ? `user:${userId}` : sessionId && `session:${sessionId}`;
  const tag = identity.ownerTag || (publicKey && user && ownerTag(publicKey, user));
  return {
    ...identity,
    sessionId: sessionId || ownSession,
    owner: JSON.stringify([endpoint, publicKey, userId, sessionId]),
    tag: token ? tag || undefined : "",
  };
}
