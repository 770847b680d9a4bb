// What is done around the work of every route: the origin is judged before anything else, an error
// becomes an answer, each answer gets its headers, and one event is logged. Never throws.
import { describeError, logEvent } from "../log.ts";
import { credentialsOf } from "./access/credentials.ts";
import type { OriginVerdict } from "./access/origins.ts";
import { type EdgeAnswer, answerRefusal } from "./answers.ts";
import { corsHeaders, ORIGIN_NOT_ALLOWED } from "./cors.ts";
import type { EdgeDeps } from "./edge-deps.ts";
import { type RequestBody, requestBody } from "./request-body.ts";
import type { RequestLog } from "./request-log.ts";

/** An answer without a body has its headers only. */
type WorkResult = EdgeAnswer | (Pick<EdgeAnswer, "status" | "headers"> & { body?: never });
export type Work = (
  request: Request,
  deps: EdgeDeps,
  tally: RequestLog,
  body: RequestBody,
  verdict: OriginVerdict,
) => WorkResult | Promise<WorkResult>;

export async function respond(request: Request, work: Work, deps: EdgeDeps): Promise<Response> {
  const began = deps.now();
  const verdict = deps.origins.judge(request);
  const tally: RequestLog = {};
  const sent = requestBody(request, deps.bodies);
  let failed = false;
  const told = await workSafely(request, work, deps, tally, sent, verdict).catch(
    (error: unknown) => {
      failed = true;
      tally.error = describeError(error);
      return answerRefusal({ code: "internal_error", message: "something failed at the edge" });
    },
  );
  await sent.end();
  const { status, body } = told;
  const fine = status < 400 && (tally.refused ?? 0) === 0;
  logEvent(failed ? "error" : fine ? "debug" : "info", "request", {
    method: request.method,
    status,
    ...tally,
    ms: deps.now() - began,
  });
  const headers = {
    ...told.headers,
    "cache-control": "no-store",
    ...corsHeaders(verdict, deps.origins),
  };
  return body === undefined
    ? new Response(null, { status, headers })
    : Response.json(body, { status, headers });
}

async function workSafely(
  request: Request,
  work: Work,
  deps: EdgeDeps,
  tally: RequestLog,
  sent: RequestBody,
  verdict: OriginVerdict,
): Promise<WorkResult> {
  // Whatever the path: the router knows more ways to write one than a comparison here would.
  if (verdict.kind === "refused") {
    // Where no page at all is let in, its origin is not what is wrong. A secret key in a page is
    // worth a word of its own.
    const other = deps.auth.length === 0 || credentialsOf(request.headers).kind === "basic";
    if (!other) {
      tally.auth = "origin";
      return answerRefusal(ORIGIN_NOT_ALLOWED);
    }
  }
  return work(request, deps, tally, sent, verdict);
}
