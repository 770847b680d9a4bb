// POST /api/langfuse/dead-letters/replay and DELETE /api/langfuse/dead-letters: dead letters go out once more, or
// are given up. One request does a bounded part, and says how many are left for the next one.
import { describeError } from "../../log.ts";
import type { LetterSelection } from "../../protocol/books/dead-letter-calls.ts";
import { authenticate } from "../access/authenticate.ts";
import { answerRefusal, type EdgeAnswer } from "../answers.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import { omitUndefined } from "../omit-undefined.ts";
import { readBody } from "../read-body.ts";
import type { RequestBody } from "../request-body.ts";
import type { RequestLog } from "../request-log.ts";
import type { RequestRefusal } from "../request-refusal.ts";
import { callEach } from "./call-letters.ts";
import { byObject } from "./letter-id.ts";
import { readSelection, readSelectionParams, type Selection } from "./letter-selection.ts";
import { serversProject, UNAVAILABLE } from "./servers-only.ts";

/** A list of ids. */
const MAX_BYTES = 256 * 1024;
/** Objects that one request calls. */
const MAX_OBJECTS = 100;
/** Letters of the index that one request looks at. */
const MAX_LETTERS = 10_000;

type Change = "replayed" | "deleted";

export async function replayLetters(
  request: Request,
  deps: EdgeDeps,
  log: RequestLog,
  body: RequestBody,
): Promise<EdgeAnswer> {
  const project = await serversProject(request, deps, log);
  if ("refusal" in project) return answerRefusal(project.refusal);
  const caller = await authenticate(request, body, MAX_BYTES, deps, log);
  if ("refusal" in caller) return answerRefusal(caller.refusal);
  const json = await readBody(request.headers, body, MAX_BYTES);
  if ("refusal" in json) return answerRefusal(json.refusal);
  const selection = readSelection(json.value);
  if ("code" in selection) return answerRefusal(selection);
  return change("replayed", project.publicKey, selection, deps, log);
}

export async function deleteLetters(
  request: Request,
  deps: EdgeDeps,
  log: RequestLog,
): Promise<EdgeAnswer> {
  const project = await serversProject(request, deps, log);
  if ("refusal" in project) return answerRefusal(project.refusal);
  const selection = readSelectionParams(new URL(request.url).searchParams);
  if ("code" in selection) return answerRefusal(selection);
  return change("deleted", project.publicKey, selection, deps, log);
}

async function change(
  what: Change,
  publicKey: string,
  selection: Selection,
  deps: EdgeDeps,
  log: RequestLog,
): Promise<EdgeAnswer> {
  const found = await objectsOf(publicKey, selection, deps, log);
  if ("code" in found) return answerRefusal(found);
  const { objects, waiting } = found;
  const asked: LetterSelection = {
    project: publicKey,
    ...(selection.kind === "reason" && { reason: selection.reason }),
  };
  const { answers, failed } = await callEach(
    objects.keys(),
    (letters, object) => {
      const ordinals = objects.get(object);
      const its = { ...asked, ...omitUndefined({ ordinals }) };
      return what === "replayed" ? letters.replayDeadLetters(its) : letters.dropDeadLetters(its);
    },
    deps,
    log,
  );
  if (failed > 0 && answers.length === 0) return answerRefusal(UNAVAILABLE);
  const changed = answers.map(({ object, answer }) => [object, answer.ordinals] as const);
  await tellIndex(publicKey, Object.fromEntries(changed), deps, log);
  const count = changed.reduce((sum, [, ordinals]) => sum + ordinals.length, 0);
  log.keys = objects.size;
  return {
    status: 200,
    body: {
      success: true,
      [what]: count,
      left: answers.reduce((sum, { answer }) => sum + answer.left, waiting),
      ...(failed > 0 && { unreachable: failed }),
    },
  };
}

interface Found {
  /** The numbers that are meant of each; all that fit where none are named. */
  objects: Map<string, number[] | undefined>;
  /** Letters of objects that this request does not come to. */
  waiting: number;
}

async function objectsOf(
  publicKey: string,
  selection: Selection,
  deps: EdgeDeps,
  log: RequestLog,
): Promise<Found | RequestRefusal> {
  if (selection.kind === "ids") {
    const named = [...byObject(selection.ids)];
    const waiting = named
      .slice(MAX_OBJECTS)
      .reduce((sum, [, ordinals]) => sum + ordinals.length, 0);
    return { objects: new Map(named.slice(0, MAX_OBJECTS)), waiting };
  }
  try {
    const reason = selection.kind === "reason" ? { reason: selection.reason } : {};
    const { letters } = await deps.ledger(publicKey).deadLetters({ limit: MAX_LETTERS, ...reason });
    const counts = [...byObject(letters)];
    const waiting = counts
      .slice(MAX_OBJECTS)
      .reduce((sum, [, ordinals]) => sum + ordinals.length, 0);
    const objects = new Map(
      counts.slice(0, MAX_OBJECTS).map(([object]) => [object, undefined] as const),
    );
    return { objects, waiting };
  } catch (error) {
    log.error = describeError(error);
    return UNAVAILABLE;
  }
}

/** Each object tells the ledger by itself; this only makes the next question see it. */
async function tellIndex(
  publicKey: string,
  changed: Record<string, number[]>,
  { ledger }: EdgeDeps,
  log: RequestLog,
): Promise<void> {
  try {
    await ledger(publicKey).forgetLetters(changed);
  } catch (error) {
    log.error = describeError(error);
  }
}
