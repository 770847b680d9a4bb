// DELETE /api/langfuse/session/{id}: a project's server has a session forgotten, whoever wrote into it.
// A session has one object for each owner that used it; all that can be named are asked. What is not
// understood is refused: a deletion that reaches less than was meant must not look like one.
import { describeError } from "../../log.ts";
import { objectName, ownerOf } from "../../protocol/ids.ts";
import { MAX_ID_LENGTH } from "../../protocol/limits.ts";
import type { DeleteAnswer } from "../../protocol/session-calls.ts";
import { isName } from "../access/bound-caller.ts";
import { type EdgeAnswer, answerRefusal } from "../answers.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import { omitUndefined } from "../omit-undefined.ts";
import { readOwnerId } from "../fields/read-values.ts";
import type { RequestRefusal } from "../request-refusal.ts";
import { STORAGE_NOT_CONFIGURED } from "../storage-refusal.ts";
import type { RequestLog } from "../request-log.ts";

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

interface Named {
  sessionId: string;
  userId?: string;
}

export async function deleteSession(
  request: Request,
  deps: EdgeDeps,
  tally: RequestLog,
): Promise<EdgeAnswer> {
  const caller = await deps.access(request);
  if ("refusal" in caller) {
    if (caller.reason !== undefined) tally.auth = caller.reason;
    return answerRefusal(caller.refusal);
  }
  if (caller.writer !== "server") return answerRefusal(SERVERS_ONLY);
  if (deps.settings.storage.kind === "unusable") return answerRefusal(STORAGE_NOT_CONFIGURED);
  const named = readNamed(new URL(request.url));
  if ("code" in named) return answerRefusal(named);

  const project = caller.project.publicKey;
  const value = named.sessionId;
  const names = ownersOf(named).map((owner) =>
    objectName({ project, owner, kind: "session", value }),
  );
  tally.keys = names.length;
  try {
    const forgotten = await Promise.all(names.map((name) => forget(name, deps)));
    await tellHealth(project, forgotten, deps, tally);
    const unsaid = named.userId === undefined && forgotten.every(isNothing);
    const note = omitUndefined({ note: unsaid ? NOTHING_FOUND : undefined });
    return { status: 200, body: { success: true, ...named, ...totalOf(forgotten), ...note } };
  } catch (error) {
    tally.error = describeError(error);
    return answerRefusal(UNAVAILABLE);
  }
}

/** Everybody that may have written under this session's name. */
function ownersOf({ sessionId, userId }: Named): string[] {
  const owners = ["anonymous", "server", ownerOf({ sessionId })];
  return userId === undefined ? owners : [...owners, ownerOf({ userId })];
}

function readNamed({ pathname, searchParams }: URL): Named | RequestRefusal {
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

/** The same text as an envelope's `sessionId` becomes. */
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

/** Tried once more, by a new stub: one that threw may be broken for good. Twice forgotten is forgotten. */
async function forget(name: string, { sessionFor }: EdgeDeps): Promise<DeleteAnswer> {
  try {
    return await sessionFor(name).deleteSession();
  } catch {
    return sessionFor(name).deleteSession();
  }
}

/** What consumers left for later is pending no more. Health that is not told counts it for another day. */
async function tellHealth(
  project: string,
  forgotten: readonly DeleteAnswer[],
  { health, now }: EdgeDeps,
  tally: RequestLog,
): Promise<void> {
  const pending = forgotten
    .filter((one) => one.pending + one.inFlight > 0)
    .map(({ object }): [string, number] => [object, 0]);
  if (pending.length === 0) return;
  try {
    await health(project).report({ at: now(), delivered: 0, dead: 0, pending });
  } catch (error) {
    tally.error = describeError(error);
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
