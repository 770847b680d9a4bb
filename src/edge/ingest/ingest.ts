// Interpreted actions on their way into session objects, for every endpoint that takes actions: the
// objects are called side by side, and a call that fails becomes refusals that may be tried again.
// Says kept only for what an object has kept; must not know how a request or an answer is written.
import { describeError } from "../../log.ts";
import type { Caller } from "../access/caller.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import type { Envelope } from "../interpret/context.ts";
import type { Interpreted } from "../interpret/interpreted.ts";
import { omitUndefined } from "../omit-undefined.ts";
import type { RequestLog } from "../request-log.ts";
import type { RequestRefusal } from "../request-refusal.ts";
import { type CallResult, flushedOf, type Outcome, outcomesOf, type Pending } from "./outcomes.ts";
import { type Call, routeActions } from "./route-actions.ts";
import { filterActions, senderOf } from "./store-hook.ts";

/** The caller of the actions, and the request's fields that hold for all of them. */
export interface ActionSource {
  caller: Caller;
  headers: Headers;
  envelope: Envelope;
  /** Most objects that are called. */
  maxKeys?: number;
}

export interface Ingested {
  /** One for each action, in the order given. */
  outcomes: Outcome[];
  /** Over all that the flushes among them speak of. */
  flushed?: Pending;
}

/** Never rejects. The whole request is refused where the caller is over a rate. */
export async function ingest(
  read: readonly Interpreted[],
  { caller, headers, envelope, maxKeys }: ActionSource,
  deps: Pick<EdgeDeps, "rateLimiting" | "sessionFor" | "beforeStore">,
  log: RequestLog,
): Promise<Ingested | { refusal: RequestRefusal }> {
  const sender = senderOf(caller, headers, envelope.sessionId);
  const interpreted = await filterActions(read, deps.beforeStore, sender);
  const routes = routeActions(interpreted, caller, envelope, maxKeys);
  const objects = routes.calls.map(({ object }) => object);
  const overRate = await deps.rateLimiting.byObjects(caller, headers, objects, envelope.sessionId);
  if (overRate !== undefined) return { refusal: overRate };
  const results = await Promise.all(routes.calls.map((call) => callSession(call, deps)));
  const outcomes = outcomesOf(interpreted, routes, results);

  log.refusals = outcomes.flatMap((one) => (one.kind === "refused" ? [one.refusal.code] : []));
  log.actions = outcomes.length;
  log.refused = log.refusals.length;
  log.accepted = outcomes.filter(({ kind }) => kind === "kept").length;
  log.keys = routes.calls.length;
  const failed = results.find((result) => "failed" in result);
  if (failed !== undefined) log.error = describeError(failed.failed);
  return { outcomes, ...omitUndefined({ flushed: flushedOf(routes, results) }) };
}

/** Never rejects: a call that fails may have been kept even so. */
export async function callSession(
  { object, request, places }: Call,
  { sessionFor }: Pick<EdgeDeps, "sessionFor">,
): Promise<CallResult> {
  try {
    const session = sessionFor(object);
    if (request === undefined) return { ...(await session.pending()), results: [] };
    const answer = await session.append(request);
    if (answer.results.length === places.length) return answer;
    return { failed: new Error("the session answered for another number of actions") };
  } catch (error) {
    return { failed: error };
  }
}
