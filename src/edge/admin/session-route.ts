// DELETE /api/langfuse/session/{id}: a project's server has a session forgotten, with all that anybody wrote into
// it. Anything not understood is refused: a deletion that reaches less than was meant must not look like one.
import { describeError } from "../../log.ts";
import { langfuseTraceId, type TraceIdFormat } from "../../protocol/ids.ts";
import { MAX_ID_LENGTH } from "../../protocol/limits.ts";
import type { DeleteAnswer } from "../../protocol/session/erasure-calls.ts";
import { isName } from "../access/caller.ts";
import { type EdgeAnswer, answerRefusal } from "../answers.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import { omitUndefined } from "../omit-undefined.ts";
import { MAX_LEGACY_ID_LENGTH } from "../legacy/events/read-event.ts";
import { readOwnerId } from "../fields/read-values.ts";
import type { RequestRefusal } from "../request-refusal.ts";
import { refuseStorage } from "../refuse-writes.ts";
import type { RequestLog } from "../request-log.ts";
import { forgetSession } from "./forget-session.ts";
import type { SessionName } from "./session-name.ts";

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

const tooMany = (left: number): string =>
  `the session has ${left} more traces than one deletion looks for; what of them lies in objects of their own ` +
  "stays: name them by traceId";

/** Traces that one request may name. */
const MAX_TRACES = 64;

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
  const named = readSessionName(new URL(request.url), deps.settings.traceIdFormat);
  if ("code" in named) return answerRefusal(named);

  const project = caller.project.publicKey;
  try {
    const { answers, calls, left } = await forgetSession(project, named, deps);
    log.keys = calls;
    await Promise.all([
      reportToHealth(project, answers, deps, log),
      forgetInView(project, named.sessionId, deps, log),
    ]);
    const { traces: _traces, ...asked } = named;
    const needsUser = named.userId === undefined && answers.every(isNothing);
    const note = left > 0 ? tooMany(left) : needsUser ? NOTHING_FOUND : undefined;
    return {
      status: 200,
      body: { success: true, ...asked, ...totalOf(answers), ...omitUndefined({ note }) },
    };
  } catch (error) {
    log.error = describeError(error);
    return answerRefusal(UNAVAILABLE);
  }
}

function readSessionName(
  { pathname, searchParams }: URL,
  format: TraceIdFormat,
): SessionName | RequestRefusal {
  const sessionId = readSession(pathname.replace(/\/$/, "").split("/").at(-1) ?? "");
  if (sessionId === undefined) {
    return invalid("the session's id must be percent-encoded text");
  }
  const users = searchParams.getAll("userId");
  const traceIds = searchParams.getAll("traceId");
  if (users.length > 1 || searchParams.size > users.length + traceIds.length) {
    return invalid("there may be one userId, and traceId, nothing else");
  }
  if (traceIds.length > MAX_TRACES) return invalid(`there may be at most ${MAX_TRACES} traceId`);
  const [userId] = users;
  if (userId !== undefined && !isName(userId)) return notTextOf("userId", MAX_ID_LENGTH);
  const unfit = traceIds.some((id) => id === "" || id.length > MAX_LEGACY_ID_LENGTH);
  if (unfit) return notTextOf("traceId", MAX_LEGACY_ID_LENGTH);
  const traces = traceIds.map((id) => langfuseTraceId(id, format));
  return { sessionId, ...omitUndefined({ userId }), traces };
}

const notTextOf = (name: string, most: number): RequestRefusal =>
  invalid(`${name}: must be text of 1 to ${most} characters, without control characters`);

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
