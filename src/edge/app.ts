// The HTTP edge: one path for traces and health, two for OpenTelemetry's spans, and others that only servers may
// use. Every answer is JSON, of errors too, or protobuf where that was sent, or text for metrics; every request
// makes one log event. It holds nothing of a request after its answer, and says success only for what a session
// object has made durable.
import { type Context, Hono } from "hono";
import { answerRefusal } from "./answers.ts";
import { type EncodeBody, respond, type Handler } from "./respond.ts";
import { preflightHeaders } from "./cors.ts";
import type { EdgeDeps } from "./edge-deps.ts";
import { deleteSession } from "./admin/session-route.ts";
import { getMetrics, getOutcomes } from "./admin/books-routes.ts";
import { getFigures } from "./figures/figures-route.ts";
import { deleteLetters, replayLetters } from "./admin/change-letters-route.ts";
import { listLetters, showLetter } from "./admin/list-letters-route.ts";
import { addLegacyRoutes } from "./legacy/routes.ts";
import { healthRoute } from "./admin/health-route.ts";
import type { RequestRefusal } from "./request-refusal.ts";
import { LIVE_PATH } from "../protocol/live.ts";
import { watch } from "./readers/live-route.ts";
import { postToken } from "./admin/token-route.ts";
import { encodeOtlp, EXPORTER_HEADERS, OTLP_ALLOW, OTLP_PATHS } from "./otlp/otlp-answer.ts";
import { postSpans } from "./otlp/otlp-route.ts";
import { postTrace } from "./trace/trace-route.ts";

export const TRACE_PATH = "/api/langfuse/trace";
export const TOKEN_PATH = "/api/langfuse/token";
export const SESSION_PATH = "/api/langfuse/session";
export const LETTERS_PATH = "/api/langfuse/dead-letters";
export const OUTCOMES_PATH = "/api/langfuse/outcomes";
export const METRICS_PATH = "/api/langfuse/metrics";
export const FIGURES_PATH = "/api/langfuse/figures";
const ALLOW = "GET, HEAD, POST, OPTIONS";

const NOT_FOUND: RequestRefusal = {
  code: "not_found",
  message: `there is only ${TRACE_PATH}; and for servers and readers ${TOKEN_PATH}, ${SESSION_PATH}/{id}, ${OUTCOMES_PATH}, ${METRICS_PATH}, ${FIGURES_PATH}, ${LETTERS_PATH} and ${LIVE_PATH}`,
};

/** One handler a route and no middleware: the router then calls it without a chain in between. */
export function createApp(deps: EdgeDeps): Hono {
  const app = new Hono({ strict: false });
  const by =
    (handler: Handler, encode?: EncodeBody) =>
    ({ req }: Context): Promise<Response> =>
      respond(req.raw, handler, deps, encode);
  const onlyBy = (allow: string, encode?: EncodeBody) =>
    by(
      () =>
        answerRefusal({
          code: "method_not_allowed",
          message: `the method must be one of ${allow}`,
          headers: { allow },
        }),
      encode,
    );

  app.get(TRACE_PATH, by(healthRoute()));
  app.post(TRACE_PATH, by(postTrace));
  app.options(
    TRACE_PATH,
    by((_request, _deps, _log, _body, verdict) => ({
      status: 204,
      headers: { allow: ALLOW, ...preflightHeaders(verdict) },
    })),
  );
  app.all(TRACE_PATH, onlyBy(ALLOW));
  app.post(TOKEN_PATH, by(postToken));
  app.all(TOKEN_PATH, onlyBy("POST"));
  app.delete(`${SESSION_PATH}/:id`, by(deleteSession));
  app.all(`${SESSION_PATH}/:id`, onlyBy("DELETE"));
  app.get(LETTERS_PATH, by(listLetters));
  app.delete(LETTERS_PATH, by(deleteLetters));
  app.all(LETTERS_PATH, onlyBy("GET, HEAD, DELETE"));
  app.post(`${LETTERS_PATH}/replay`, by(replayLetters));
  app.all(`${LETTERS_PATH}/replay`, onlyBy("POST"));
  app.get(`${LETTERS_PATH}/:id`, by(showLetter));
  app.all(`${LETTERS_PATH}/:id`, onlyBy("GET, HEAD"));
  app.get(OUTCOMES_PATH, by(getOutcomes));
  app.all(OUTCOMES_PATH, onlyBy("GET, HEAD"));
  app.get(METRICS_PATH, by(getMetrics));
  app.all(METRICS_PATH, onlyBy("GET, HEAD"));
  app.get(FIGURES_PATH, by(getFigures));
  app.all(FIGURES_PATH, onlyBy("GET, HEAD"));
  app.get(LIVE_PATH, by(watch));
  app.all(LIVE_PATH, onlyBy("GET"));
  for (const path of OTLP_PATHS) {
    app.post(path, by(postSpans, encodeOtlp));
    app.options(
      path,
      by((_request, _deps, _log, _body, verdict) => ({
        status: 204,
        headers: { allow: OTLP_ALLOW, ...preflightHeaders(verdict, EXPORTER_HEADERS) },
      })),
    );
    app.all(path, onlyBy(OTLP_ALLOW, encodeOtlp));
  }
  addLegacyRoutes(app, deps);
  app.notFound(by(() => answerRefusal(NOT_FOUND)));
  app.onError((error, c) => by(() => Promise.reject(error))(c));
  return app;
}
