// DELETE /api/langfuse/session/{id}: a project's server has a session forgotten, with all that
// anybody wrote into it. A session has one object for each owner that used it; all that can be named
// are asked, and the lanes, whose traces are of many sessions. Anything not understood is refused: a deletion that reaches less than was meant must not look like one.
import { describeError } from "../../log.ts";
import { MAX_ID_LENGTH } from "../../protocol/limits.ts";
import type { DeleteAnswer } from "../../protocol/session-calls.ts";
import { isName } from "../access/caller.ts";
import { type EdgeAnswer, answerRefusal } from "../answers.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import { omitUndefined } from "../omit-undefined.ts";
import { readOwnerId } from "../fields/read-values.ts";
import type { RequestRefusal } from "../request-refusal.ts";
import { refuseStorage } from "../refuse-writes.ts";
import type { RequestLog } from "../request-log.ts";
import { lanesOf, objectsNamed, type SessionName } from "./session-name.ts";

const SERVERS_ONLY: RequestRefusal = {
  code: "forbidden",
  message: "only servers delete sessions, by Basic authorization with the project's keys",
};

const UNAVAILABLE: RequestRefusal = {
  code: "unavailable",
  message: "a part of the session could not be reached just now; send it again",
  headers: { "retry-after": "1" },
};

/** A deletion that reached nothing must not look like one that reached what was meant. */
const NOTHING_FOUND =
  "nothing was found of this session; what a page wrote with a token or an identity that names " +
  "a user is that user's, and needs ?userId=";

export async function deleteSession(
  request: Request,
  deps: EdgeDeps,
  log: RequestLog,
): Promise<EdgeAnswer> {
  const caller = await deps.access(request);
  if ("refusal" in caller) {
    if (caller.reason !== undefined) log.auth = caller.reason;
    return answerRefusal(caller.refusal);
  }
  if (caller.writer !== "server") return answerRefusal(SERVERS_ONLY);
  const closed = refuseStorage(deps.settings);
  if (closed !== undefined) return answerRefusal(closed);
  const named = readSessionName(new URL(request.url));
  if ("code" in named) return answerRefusal(named);

  const project = caller.project.publicKey;
  const names = objectsNamed(project, named);
  const lanes = lanesOf(project);
  log.keys = names.length + lanes.length;
  try {
    const deleted = await Promise.all([
      ...names.map((name) => twice(() => deps.sessionFor(name).deleteSession())),
      ...lanes.map((name) => twice(() => deps.forgetIn(name, named.sessionId))),
    ]);
    await Promise.all([
      reportToHealth(project, deleted, deps, log),
      forgetInView(project, named.sessionId, deps, log),
    ]);
    const needsUser = named.userId === undefined && deleted.every(isNothing);
    const note = omitUndefined({ note: needsUser ? NOTHING_FOUND : undefined });
    return { status: 200, body: { success: true, ...named, ...totalOf(deleted), ...note } };
  } catch (error) {
    log.error = describeError(error);
    return answerRefusal(UNAVAILABLE);
  }
}

function readSessionName({ pathname, searchParams }: URL): SessionName | RequestRefusal {
  const sessionId = readSession(pathname.replace(/\/$/, "").split("/").at(-1) ?? "");
  if (sessionId === undefined) {
    return invalid("the session's id must be percent-encoded text");
  }
  const [first, ...more] = searchParams;
  if (first === undefined) return { sessionId };
  const [name, userId] = first;
  if (name !== "userId" || more.length > 0) return invalid("there may be one userId, nothing else");
  return isName(userId)
    ? { sessionId, userId }
    : invalid(
        `userId: must be text of 1 to ${MAX_ID_LENGTH} characters, without control characters`,
      );
}

/** Made safe like the `sessionId` of an envelope: the same text names the same session. */
function readSession(encoded: string): string | undefined {
  try {
    const text = decodeURIComponent(encoded);
    return readOwnerId(text, "sessionId", () => {});
  } catch {
    return undefined;
  }
}

function invalid(message: string): RequestRefusal {
  return { code: "invalid_request", message };
}

/** What watchers are shown of it, until they have gone: they come and go, and are not what a deletion is about. */
async function forgetInView(
  project: string,
  sessionId: string,
  { live }: EdgeDeps,
  log: RequestLog,
): Promise<void> {
  try {
    await live?.(project).forgetSession(sessionId);
  } catch (error) {
    log.error = describeError(error);
  }
}

/** Tried once more, by a new stub: one that threw may be broken for good. Twice forgotten is forgotten. */
async function twice(forget: () => Promise<DeleteAnswer>): Promise<DeleteAnswer> {
  try {
    return await forget();
  } catch {
    return forget();
  }
}

/** Deleted records are pending no more. Health that does not hear of it counts them for another day. */
async function reportToHealth(
  project: string,
  forgotten: readonly DeleteAnswer[],
  { health, now }: EdgeDeps,
  log: RequestLog,
): Promise<void> {
  const pending = forgotten
    // A lane that holds others still is told of with its next delivery.
    .filter(({ pending, inFlight, left = 0 }) => pending + inFlight > 0 && left === 0)
    .map(({ object }): [string, number] => [object, 0]);
  if (pending.length === 0) return;
  try {
    await health(project).report({ at: now(), delivered: 0, dead: 0, pending });
  } catch (error) {
    log.error = describeError(error);
  }
}

function isNothing({ actions, open, pending, dead, inFlight }: DeleteAnswer): boolean {
  return actions + open + pending + dead + inFlight === 0;
}

function totalOf(forgotten: readonly DeleteAnswer[]): Record<string, unknown> {
  const sum = (of: (one: DeleteAnswer) => number): number =>
    forgotten.reduce((total, one) => total + of(one), 0);
  return {
    forgotten: {
      actions: sum(({ actions }) => actions),
      open: sum(({ open }) => open),
      pending: sum(({ pending }) => pending),
      dead: sum(({ dead }) => dead),
    },
    inFlight: sum(({ inFlight }) => inFlight),
    refusedUntil: new Date(Math.max(...forgotten.map(({ until }) => until))).toISOString(),
  };
}
