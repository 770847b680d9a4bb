// Langfuse's own paths below /api/public, so that a base URL is all that a client has to change. Events are taken
// here; whatever else a server asks for goes on to Langfuse.
import type { Context, Hono } from "hono";
import type { EdgeDeps } from "../edge-deps.ts";
import { type Handler, respond } from "../respond.ts";
import { legacyRefusal } from "./answers.ts";
import { legacyPreflightHeaders } from "./cors.ts";
import { postIngestion } from "./ingestion-route.ts";
import { relay } from "./relay/relay.ts";
import { REST_PATHS } from "./rest-events.ts";
import { restRoute } from "./rest-route.ts";
import { reportIngestion } from "./relay/report-route.ts";

const API = "/api/public";
export const INGESTION_PATH = `${API}/ingestion`;

export function addLegacyRoutes(app: Hono, deps: EdgeDeps): void {
  const { legacy } = deps.settings;
  if (legacy === "off") return;
  const by =
    (handler: Handler) =>
    ({ req }: Context): Promise<Response> =>
      respond(req.raw, handler, deps);
  const passOn = ({ req }: Context): Promise<Response> => relay(req.raw, deps);
  if (legacy === "on") {
    app.post(INGESTION_PATH, by(postIngestion));
    app.all(INGESTION_PATH, by(onlyPost));
    for (const name of Object.keys(REST_PATHS)) {
      const [method = "", path = ""] = name.split(" ");
      app.on([method], `${API}/${path}`, by(restRoute(name)));
    }
    app.options(`${API}/scores`, by(preflight));
  } else app.post(INGESTION_PATH, ({ req }) => reportIngestion(req.raw, deps));
  app.all(`${API}/*`, passOn);
}

const preflight: Handler = (_request, _deps, _log, _body, verdict) => ({
  status: 204,
  headers: { allow: "POST, OPTIONS", ...legacyPreflightHeaders(verdict) },
});

const onlyPost: Handler = (request, deps, log, body, verdict) =>
  request.method === "OPTIONS"
    ? preflight(request, deps, log, body, verdict)
    : legacyRefusal({
        code: "method_not_allowed",
        message: "the method must be POST",
        headers: { allow: "POST, OPTIONS" },
      });
