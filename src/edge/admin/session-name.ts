// A session as operators name it, and the objects that may hold something of it: one for each owner that used it,
// all that can be named; and those of its traces. Pure.
import { LANES, laneOf, objectName, ownerOf } from "../../protocol/ids.ts";

export interface SessionName {
  sessionId: string;
  userId?: string;
  /** Traces that are the session's, by their Langfuse ids, though nothing here may know it. */
  traces: string[];
}

/** The owner of a server's objects. */
const SERVER = "server";

export interface NamedObject {
  /** The object's name (protocol/ids.ts). */
  name: string;
  owner: string;
}

/** The objects of the session itself. */
export function objectsNamed(
  project: string,
  { sessionId, userId }: Pick<SessionName, "sessionId" | "userId">,
): NamedObject[] {
  const owners = ["anonymous", SERVER, ownerOf({ sessionId })];
  if (userId !== undefined) owners.push(ownerOf({ userId }));
  return owners.map((owner) => ({
    owner,
    name: objectName({ project, owner, kind: "session", value: sessionId }),
  }));
}

export interface Lane {
  name: string;
  /** Of the traces asked for, those that it would have. */
  traces: string[];
}

/** The lanes of a project: objects of what a server sends that names no session, and of its older SDKs' events. */
export function lanesOf(project: string, traces: readonly string[]): Lane[] {
  return Array.from({ length: LANES }, (_, lane) => ({
    name: objectName({ project, owner: SERVER, kind: "lane", value: String(lane) }),
    traces: traces.filter((trace) => laneOf(trace) === String(lane)),
  }));
}

/** The object of one trace. */
export const traceObject = (project: string, owner: string, value: string): string =>
  objectName({ project, owner, kind: "trace", value });

/** The object of a trace that a lane had no room for. */
export const overflowObject = (project: string, trace: string): string =>
  traceObject(project, SERVER, trace);
