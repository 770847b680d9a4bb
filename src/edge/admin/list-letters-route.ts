// GET /api/langfuse/dead-letters and …/{id}: records that Langfuse refused for good, newest first. The ledger's
// index says where they are; their objects say what they are, and where the two differ the object is right.
import { describeError } from "../../log.ts";
import type { WholeLetter } from "../../protocol/books/dead-letter-calls.ts";
import type { IndexedLetter, LetterPage } from "../../protocol/books/ledger-calls.ts";
import type { Project } from "../../settings/index.ts";
import { isName } from "../access/caller.ts";
import { answerRefusal, type EdgeAnswer } from "../answers.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import { omitUndefined } from "../omit-undefined.ts";
import type { RequestLog } from "../request-log.ts";
import type { RequestRefusal } from "../request-refusal.ts";
import { callEach } from "./call-letters.ts";
import { letterBody } from "./letter-body.ts";
import { byObject, letterId, parseLetterId } from "./letter-id.ts";
import { readerOf, seesContent } from "../readers/reader-of.ts";
import { UNAVAILABLE } from "./servers-only.ts";
import { objectsNamed } from "./session-name.ts";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
/** Longest text of a record in a list, in UTF-16 units; a letter asked for by its id has all of it. */
const MAX_TEXT_LENGTH = 1_000;

const NO_SUCH_LETTER: RequestRefusal = {
  code: "not_found",
  message:
    "the project has no dead letter of this id; it may have been replayed, deleted or expired",
};

interface ListQuery {
  limit: number;
  cursor?: string;
  reason?: string;
  sessionId?: string;
  userId?: string;
}

export async function listLetters(
  request: Request,
  deps: EdgeDeps,
  log: RequestLog,
): Promise<EdgeAnswer> {
  const reader = await readerOf(request, deps, log);
  if ("refusal" in reader) return answerRefusal(reader.refusal);
  const { project } = reader;
  const asked = readQuery(new URL(request.url).searchParams);
  if ("code" in asked) return answerRefusal(asked);
  const query = { ...asked, content: seesContent(reader, deps) };
  return query.sessionId === undefined
    ? listIndexed(project, query, deps, log)
    : listOfSession(project, { ...query, sessionId: query.sessionId }, deps, log);
}

export async function showLetter(
  request: Request,
  deps: EdgeDeps,
  log: RequestLog,
): Promise<EdgeAnswer> {
  const reader = await readerOf(request, deps, log);
  if ("refusal" in reader) return answerRefusal(reader.refusal);
  const { project } = reader;
  const { pathname } = new URL(request.url);
  const id = parseLetterId(pathname.replace(/\/$/, "").split("/").at(-1) ?? "");
  if (id === undefined) return answerRefusal(NO_SUCH_LETTER);
  const { object, ordinal } = id;
  const asked = { project: project.publicKey, ordinals: [ordinal] };
  const { answers, failed } = await callEach([object], (one) => one.deadLetters(asked), deps, log);
  if (failed > 0) return answerRefusal(UNAVAILABLE);
  const [letter] = answers.flatMap(({ answer }) => answer);
  if (letter === undefined) return answerRefusal(NO_SUCH_LETTER);
  return { status: 200, body: letterBody(object, letter, seesContent(reader, deps)) };
}

async function listIndexed(
  project: Project,
  { limit, cursor, reason, content }: ListQuery & { content: boolean },
  deps: EdgeDeps,
  log: RequestLog,
): Promise<EdgeAnswer> {
  const { publicKey } = project;
  let page: LetterPage;
  try {
    const query = { limit, ...omitUndefined({ cursor, reason }) };
    page = await deps.ledger(publicKey).deadLetters(query);
  } catch (error) {
    log.error = describeError(error);
    return answerRefusal(UNAVAILABLE);
  }
  const named = byObject(page.letters);
  const { answers, failed } = await callEach(
    named.keys(),
    (object, id) =>
      object.deadLetters({
        project: publicKey,
        ordinals: named.get(id) ?? [],
        maxLength: MAX_TEXT_LENGTH,
      }),
    deps,
    log,
  );
  const asked = new Set(answers.map(({ object }) => object));
  const found = new Map(
    answers.flatMap(({ object, answer }) =>
      answer.map((letter) => [letterId({ object, ...letter }), letter] as const),
    ),
  );
  const gone = page.letters.filter((one) => asked.has(one.object) && !found.has(letterId(one)));
  await forgetGone(publicKey, gone, deps, log);
  const letters = page.letters.flatMap((one) => bodyOf(one, found.get(letterId(one)), content));
  return {
    status: 200,
    body: {
      letters,
      total: page.total - gone.length,
      byReason: without(page.byReason, gone),
      ...omitUndefined({ nextCursor: page.nextCursor }),
      ...(failed > 0 && { unreachable: failed }),
    },
  };
}

/** One session's, from its objects alone: also such as the index does not know. */
async function listOfSession(
  project: Project,
  { limit, reason, content, ...name }: ListQuery & { sessionId: string; content: boolean },
  deps: EdgeDeps,
  log: RequestLog,
): Promise<EdgeAnswer> {
  const objects = objectsNamed(project.publicKey, name).map((one) => deps.objectId(one.name));
  const asked = {
    project: project.publicKey,
    maxLength: MAX_TEXT_LENGTH,
    ...omitUndefined({ reason }),
  };
  const { answers, failed } = await callEach(objects, (one) => one.deadLetters(asked), deps, log);
  const found = answers.flatMap(({ object, answer }) =>
    answer.map((letter) => ({ object, letter })),
  );
  found.sort((a, b) => b.letter.at - a.letter.at);
  const byReason = new Map<string, number>();
  for (const { letter } of found)
    byReason.set(letter.reason, (byReason.get(letter.reason) ?? 0) + 1);
  return {
    status: 200,
    body: {
      letters: found
        .slice(0, limit)
        .map(({ object, letter }) => letterBody(object, letter, content)),
      total: found.length,
      byReason: Object.fromEntries(byReason),
      ...(failed > 0 && { unreachable: failed }),
    },
  };
}

/** A letter whose object does not answer is told by what the index knows. */
function bodyOf(
  indexed: IndexedLetter,
  letter: WholeLetter | undefined,
  content: boolean,
): object[] {
  return letter === undefined ? [] : [letterBody(indexed.object, letter, content)];
}

/** The index has letters that their objects do not have any more. */
async function forgetGone(
  publicKey: string,
  gone: readonly IndexedLetter[],
  deps: EdgeDeps,
  log: RequestLog,
): Promise<void> {
  if (gone.length === 0) return;
  try {
    await deps.ledger(publicKey).forgetLetters(Object.fromEntries(byObject(gone)));
  } catch (error) {
    log.error = describeError(error);
  }
}

function without(
  byReason: Readonly<Record<string, number>>,
  gone: readonly IndexedLetter[],
): Record<string, number> {
  const left = new Map(Object.entries(byReason));
  for (const { reason } of gone) left.set(reason, (left.get(reason) ?? 0) - 1);
  return Object.fromEntries([...left].filter(([, count]) => count > 0));
}

const KNOWN = new Set(["limit", "cursor", "reason", "sessionId", "userId"]);

function readQuery(params: URLSearchParams): ListQuery | RequestRefusal {
  const given: Record<string, string> = {};
  for (const [name, value] of params) {
    if (!KNOWN.has(name))
      return invalid(`${name} is no parameter; known are ${[...KNOWN].join(", ")}`);
    if (given[name] !== undefined) return invalid(`${name} may be given once`);
    given[name] = value;
  }
  const { cursor, reason, sessionId, userId } = given;
  const limit = Number(given["limit"] ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    return invalid(`limit must be a whole number from 1 to ${MAX_LIMIT}`);
  }
  if (cursor !== undefined && !/^\d{1,15}\.[0-9a-f]{64}\.\d{1,15}$/.test(cursor)) {
    return invalid("cursor must be the nextCursor of an answer");
  }
  for (const [name, value] of Object.entries({ sessionId, userId, reason })) {
    if (value !== undefined && !isName(value)) return invalid(`${name} must be a name`);
  }
  if (userId !== undefined && sessionId === undefined) return invalid("userId needs a sessionId");
  return { limit, ...omitUndefined({ cursor, reason, sessionId, userId }) };
}

function invalid(message: string): RequestRefusal {
  return { code: "invalid_request", message };
}
