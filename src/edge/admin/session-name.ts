// A session as operators name it, and the objects that may hold something of it: one for each owner that used
// it; all that can be named. Pure.
import { LANES, objectName, ownerOf } from "../../protocol/ids.ts";

export interface SessionName {
  sessionId: string;
  userId?: string;
}

/** Names of objects (protocol/ids.ts). */
export function objectsNamed(project: string, { sessionId, userId }: SessionName): string[] {
  const owners = ["anonymous", "server", ownerOf({ sessionId })];
  if (userId !== undefined) owners.push(ownerOf({ userId }));
  return owners.map((owner) => objectName({ project, owner, kind: "session", value: sessionId }));
}

/** The lanes of a project: objects of a server's legacy events, of whatever session. */
export function lanesOf(project: string): string[] {
  return Array.from({ length: LANES }, (_, lane) =>
    objectName({ project, owner: "server", kind: "lane", value: String(lane) }),
  );
}
