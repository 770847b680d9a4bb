// The frame around every route: the origin is judged before anything else, an error becomes an answer,
// each answer gets its headers, and one event is logged. Never throws.
import { describeError, logEvent } from "../log.ts";
import { credentialsOf } from "./access/credentials.ts";
import type { OriginVerdict } from "./access/origins.ts";
import { type EdgeAnswer, answerRefusal } from "./answers.ts";
import { corsHeaders, ORIGIN_NOT_ALLOWED } from "./cors.ts";
import type { EdgeDeps } from "./edge-deps.ts";
import { omitUndefined } from "./omit-undefined.ts";
import { type RequestBody, requestBody } from "./request-body.ts";
import type { RequestLog } from "./request-log.ts";

/** An answer without a body has its headers only. */
export type HandlerAnswer =
  | EdgeAnswer
  | (Omit<EdgeAnswer, "body"> & { body?: never; text?: string })
  /** A WebSocket that an object answers for. */
  | { status: 101; socket: Response; body?: never; code?: never; headers?: never };
export type Handler = (
  request: Request,
  deps: EdgeDeps,
  log: RequestLog,
  body: RequestBody,
  verdict: OriginVerdict,
) => HandlerAnswer | Promise<HandlerAnswer>;

/** Writes an answer's body in another form than JSON as it is. */
export type EncodeBody = (
  answer: EdgeAnswer,
  request: Request,
) => { body: string | Uint8Array; type: string };

export async function respond(
  request: Request,
  handler: Handler,
  deps: EdgeDeps,
  encode?: EncodeBody,
): Promise<Response> {
  const began = deps.now();
  const verdict = deps.origins.judge(request);
  const log: RequestLog = {};
  const requested = requestBody(request, deps.bodies);
  let failed = false;
  const answer = await judgeAndHandle(request, handler, deps, log, requested, verdict).catch(
    (error: unknown) => {
      failed = true;
      log.error = describeError(error);
      return answerRefusal({ code: "internal_error", message: "something failed at the edge" });
    },
  );
  await requested.end();
  const { status, body } = answer;
  const text = "text" in answer ? answer.text : undefined;
  const fine = status < 400 && (log.refused ?? 0) === 0;
  const { project, refusals = [], ...logged } = log;
  countRefusals(project, isWholeRefusal(request, answer) ? [answer.code] : refusals, deps);
  logEvent(failed ? "error" : fine ? "debug" : "info", "request", {
    method: request.method,
    status,
    ...logged,
    ...omitUndefined({ code: answer.code }),
    ms: deps.now() - began,
  });
  if ("socket" in answer) return answer.socket;
  const headers = {
    ...answer.headers,
    "cache-control": "no-store",
    ...corsHeaders(verdict, deps.origins),
  };
  if (text !== undefined) {
    return new Response(text, { status, headers: { "content-type": "text/plain", ...headers } });
  }
  if (body === undefined) return new Response(null, { status, headers });
  if (encode === undefined) return Response.json(body, { status, headers });
  const encoded = encode({ ...answer, body }, request);
  return new Response(encoded.body, {
    status,
    headers: { ...headers, "content-type": encoded.type },
  });
}

/** Something was sent, and all of it refused for one reason. */
function isWholeRefusal(
  { method }: Request,
  answer: HandlerAnswer,
): answer is HandlerAnswer & { code: string } {
  return method === "POST" && answer.code !== undefined;
}

/** For the books: of a caller that is not known, at the door of the default project. */
function countRefusals(
  project: string | undefined,
  codes: readonly string[],
  { door, settings }: EdgeDeps,
): void {
  const publicKey = project ?? settings.defaultProject?.publicKey;
  if (publicKey !== undefined) for (const code of codes) door.refused(publicKey, code);
}

/** Judged whatever the path: the router knows more ways to write one than a comparison here would. */
async function judgeAndHandle(
  request: Request,
  handler: Handler,
  deps: EdgeDeps,
  log: RequestLog,
  body: RequestBody,
  verdict: OriginVerdict,
): Promise<HandlerAnswer> {
  // Where no page at all is let in, its origin is not what is wrong; and a secret key in a page has a
  // refusal of its own.
  const hasOtherFault = deps.auth.length === 0 || credentialsOf(request.headers).kind === "basic";
  if (verdict.kind === "refused" && !hasOtherFault) {
    log.auth = "origin";
    return answerRefusal(ORIGIN_NOT_ALLOWED);
  }
  return handler(request, deps, log, body, verdict);
}
