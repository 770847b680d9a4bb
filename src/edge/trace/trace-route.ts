// POST /api/langfuse/trace: from a request to calls of session objects, and back. The shell around
// the pure parts: it reads the body, calls in parallel, and turns a call that fails into refusals
// that may be tried again. Success is answered only for what an object has kept.
import { describeError } from "../../log.ts";
import type { ActionRefusal } from "../../protocol/refusals.ts";
import type { AppendAnswer } from "../../protocol/session-calls.ts";
import {
  type EdgeAnswer,
  answerMany,
  answerOne,
  answerRefusal,
  type Outcome,
  type Pending,
} from "../answers.ts";
import { authenticate } from "../access/authenticate.ts";
import type { PrivacySetting } from "../../privacy/read-privacy.ts";
import type { Bound, Caller } from "../caller.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import { interpret } from "../interpret/interpret.ts";
import type { Interpreted } from "../interpret/interpreted.ts";
import { omitUndefined } from "../omit-undefined.ts";
import { readBody } from "../read-body.ts";
import { readEnvelope } from "./read-envelope.ts";
import type { RequestBody } from "../request-body.ts";
import type { RequestRefusal } from "../request-refusal.ts";
import type { RequestLog } from "../request-log.ts";
import type { InterpretContext } from "../interpret/context.ts";
import { STORAGE_NOT_CONFIGURED } from "../storage-refusal.ts";
import { type Call, routeActions, type Routes } from "../ingest/route-actions.ts";

type Called = AppendAnswer | { failed: unknown };

const UNAVAILABLE: ActionRefusal = {
  code: "unavailable",
  message: "could not be kept just now; send it again",
};

/** What was to be held back would be let through: better nothing is. */
const MASKING_NOT_CONFIGURED: RequestRefusal = {
  code: "masking_not_configured",
  message:
    "MASK, MASK_PATTERNS or DROP_FIELDS can't be used as it is set, or is misspelt; " +
    "nothing is taken until it is right",
  headers: { "retry-after": "60" },
};

export async function postTrace(
  request: Request,
  deps: EdgeDeps,
  tally: RequestLog,
  sent: RequestBody,
): Promise<EdgeAnswer> {
  const { traceIdFormat, assembly, limits, privacy, storage } = deps.settings;
  const caller = await authenticate(request, sent, limits.bodyBytes, deps, tally);
  if ("refusal" in caller) return answerRefusal(caller.refusal);
  if (storage.kind === "unusable") return answerRefusal(STORAGE_NOT_CONFIGURED);
  if (privacy.kind === "unusable") return answerRefusal(MASKING_NOT_CONFIGURED);
  const body = await readBody(request.headers, sent, limits.bodyBytes);
  if ("refusal" in body) return answerRefusal(body.refusal);
  const { environment } = assembly;
  const surroundings: InterpretContext = {
    traceIdFormat,
    now: deps.now(),
    bound: boundOf(caller, privacy),
    ...omitUndefined({ environment }),
    ...(privacy.kind === "on" && { privacy: privacy.privacy }),
  };
  const read = readEnvelope(body.value, surroundings, limits.actions);
  if ("code" in read) return answerRefusal(read);
  const { notes: traceNotes } = read;
  const { longIntegers } = body;
  const noted = {
    ...surroundings,
    ...(traceNotes.length > 0 && { traceNotes }),
    ...(longIntegers.size > 0 && { longIntegers }),
  };
  const interpreted = read.actions.map((raw) => interpret(raw, read.envelope, noted));
  const routes = routeActions(interpreted, caller, read.envelope);
  const objects = routes.calls.map(({ object }) => object);
  const { sessionId } = read.envelope;
  const over = await deps.rateLimiting.byObjects(caller, request.headers, objects, sessionId);
  if (over !== undefined) return answerRefusal(over);
  const called = await Promise.all(routes.calls.map((call) => make(call, deps)));
  const outcomes = outcomesOf(interpreted, routes, called);

  tally.actions = outcomes.length;
  tally.refused = outcomes.filter(({ kind }) => kind === "refused").length;
  tally.accepted = outcomes.filter(({ kind }) => kind === "kept").length;
  tally.keys = routes.calls.length;
  const failed = called.find((one) => "failed" in one);
  if (failed !== undefined) tally.error = describeError(failed.failed);
  const [only] = outcomes;
  if (read.single && only !== undefined) return answerOne(only);
  return answerMany(outcomes, flushedOf(routes, called));
}

/** A token's user is dropped like one that a client names. */
function boundOf(caller: Caller, privacy: PrivacySetting): Bound {
  if (privacy.kind !== "on" || !privacy.privacy.dropsUser) return caller;
  const { userId: _dropped, ...rest } = caller;
  return rest;
}

async function make({ object, request, places }: Call, deps: EdgeDeps): Promise<Called> {
  try {
    const session = deps.sessionFor(object);
    if (request === undefined) return { ...(await session.pending()), results: [] };
    const answer = await session.append(request);
    if (answer.results.length === places.length) return answer;
    return { failed: new Error("the session answered for another number of actions") };
  } catch (error) {
    return { failed: error };
  }
}

function outcomesOf(
  interpreted: readonly Interpreted[],
  routes: Routes,
  called: readonly Called[],
): Outcome[] {
  const refusals = new Map(routes.refused);
  for (const [index, { places }] of routes.calls.entries()) {
    const answer = called[index];
    for (const [nth, place] of places.entries()) {
      const refusal = refusalIn(answer, nth);
      if (refusal !== undefined) refusals.set(place, refusal);
    }
  }
  return interpreted.map((item, place): Outcome => {
    const id = omitUndefined({ id: item.id });
    const refusal = item.kind === "refused" ? item.refusal : refusals.get(place);
    if (refusal !== undefined) return { ...id, kind: "refused", refusal };
    if (item.kind === "action") return { ...id, kind: "kept", ids: item.ids };
    const { calls, deliver } = routes.flushes.get(place) ?? { calls: [], deliver: false };
    const pending = pendingOf(calls, deliver, called);
    if (pending === undefined) return { ...id, kind: "refused", refusal: UNAVAILABLE };
    return { ...id, kind: "flushed", pending };
  });
}

/** Why an object did not keep the nth of the actions that went to it. */
function refusalIn(answer: Called | undefined, nth: number): ActionRefusal | undefined {
  if (answer === undefined || "failed" in answer) return UNAVAILABLE;
  const result = answer.results[nth];
  if (result === undefined) return UNAVAILABLE;
  if (result.status !== "refused") return undefined;
  const { code, message, retryAfter } = result;
  return { code, message, ...omitUndefined({ retryAfter }) };
}

/** Undefined where an object did not answer. */
function pendingOf(
  calls: readonly number[],
  deliver: boolean,
  called: readonly Called[],
): Pending | undefined {
  const sum = { pending: 0, sealed: 0 };
  for (const index of calls) {
    const answer = called[index];
    if (answer === undefined || "failed" in answer) return undefined;
    sum.pending += answer.pending;
    sum.sealed += answer.sealed;
  }
  return deliver ? sum : { pending: sum.pending };
}

/** Over all that the flushes of a request spoke of, each object once. */
function flushedOf(routes: Routes, called: readonly Called[]): Pending | undefined {
  const flushes = [...routes.flushes.values()];
  if (flushes.length === 0) return undefined;
  const calls = [...new Set(flushes.flatMap((flush) => flush.calls))];
  return pendingOf(
    calls,
    flushes.some(({ deliver }) => deliver),
    called,
  );
}
