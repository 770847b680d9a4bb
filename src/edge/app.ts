// The HTTP edge: one path for the seed's clients, ours, and health, and two that only servers may use.
// Every answer is JSON, of errors too; every request makes one log event. It must not hold anything
// between requests, and says success only for what a session object has made durable.
import { type Context, Hono } from "hono";
import { describeError, logEvent } from "../log.ts";
import { type Answer, answerRefusal } from "./answers.ts";
import type { OriginVerdict } from "./access/origins.ts";
import { credentialsOf } from "./access/credentials.ts";
import { corsHeaders, ORIGIN_NOT_ALLOWED, preflightHeaders } from "./cors.ts";
import type { EdgeDeps } from "./edge-deps.ts";
import { deleteSession } from "./forget-route.ts";
import { getHealth } from "./health-route.ts";
import type { RequestRefusal } from "./request-refusal.ts";
import { postToken } from "./token-route.ts";
import { postTrace } from "./trace-route.ts";
import type { Tally } from "./tally.ts";

export const TRACE_PATH = "/api/langfuse/trace";
export const TOKEN_PATH = "/api/langfuse/token";
export const SESSION_PATH = "/api/langfuse/session";
const ALLOW = "GET, HEAD, POST, OPTIONS";

/** What is known of a request while it is answered. */
interface Kept {
  Variables: { verdict: OriginVerdict; tally: Tally };
}

export function createApp(deps: EdgeDeps): Hono<Kept> {
  const app = new Hono<Kept>({ strict: false });
  app.use(async (c, next) => {
    const began = deps.now();
    const verdict = deps.origins.judge(c.req.raw);
    const tally: Tally = {};
    c.set("verdict", verdict);
    c.set("tally", tally);
    await next();
    // Not `c.header`, which makes the whole answer anew for each header.
    const { headers } = c.res;
    headers.set("cache-control", "no-store");
    for (const [name, value] of corsHeaders(verdict, deps.origins)) headers.set(name, value);
    logRequest(c, tally, deps.now() - began);
  });
  app.use("/api/langfuse/*", async (c, next) => {
    if (c.var.verdict.kind === "refused") {
      // Where no page at all is let in, its origin is not what is wrong. A secret key in a page is
      // worth a word of its own.
      const other = deps.auth.length === 0 || credentialsOf(c.req.raw.headers).kind === "basic";
      if (!other) return respond(answerRefusal(ORIGIN_NOT_ALLOWED));
    }
    return next();
  });
  app.get(TRACE_PATH, async (c) => respond(await getHealth(c.req.raw, deps, c.var.tally)));
  app.post(TRACE_PATH, async (c) => respond(await postTrace(c.req.raw, deps, c.var.tally)));
  app.options(TRACE_PATH, (c) => {
    const headers = { allow: ALLOW, ...preflightHeaders(c.var.verdict) };
    return new Response(null, { status: 204, headers });
  });
  app.all(TRACE_PATH, () => respond(methodNotAllowed(ALLOW)));
  app.post(TOKEN_PATH, async (c) => respond(await postToken(c.req.raw, deps, c.var.tally)));
  app.all(TOKEN_PATH, () => respond(methodNotAllowed("POST")));
  const session = `${SESSION_PATH}/:id`;
  app.delete(session, async (c) => respond(await deleteSession(c.req.raw, deps, c.var.tally)));
  app.all(session, () => respond(methodNotAllowed("DELETE")));
  app.notFound(() => respond(answerRefusal(NOT_FOUND)));
  app.onError(() =>
    respond(answerRefusal({ code: "internal_error", message: "something failed at the edge" })),
  );
  return app;
}

const NOT_FOUND: RequestRefusal = {
  code: "not_found",
  message: `there is only ${TRACE_PATH}, ${TOKEN_PATH} and ${SESSION_PATH}/{id}`,
};

function methodNotAllowed(allow: string): Answer {
  return answerRefusal({
    code: "method_not_allowed",
    message: `the method must be one of ${allow}`,
    headers: { allow },
  });
}

function respond({ status, body, headers }: Answer): Response {
  return Response.json(body, { status, headers: { ...headers } });
}

function logRequest(c: Context, tally: Tally, ms: number): void {
  const error = c.error === undefined ? undefined : describeError(c.error);
  logEvent(error === undefined ? "info" : "error", "request", {
    method: c.req.raw.method,
    status: c.res.status,
    ...tally,
    ...(error !== undefined && { error }),
    ms,
  });
}
