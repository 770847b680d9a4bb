// `GET /` of the development entry, and a fresh chat turn for the page's button.
import { Hono } from "hono";
import { chatTurn, curlLine } from "./chat-turn.ts";
import { dashboardPage, type Description, pagePolicy, TRACE_PATH, TURN_PATH } from "./page.ts";
import type { TurnLine } from "./page-data.ts";

/** A turn with ids of its own, at the address under which the page was asked for. */
function freshTurn(origin: string): TurnLine[] {
  const requestId = crypto.randomUUID().slice(0, 8);
  return chatTurn(requestId, Date.now()).map(({ title, body }) => ({
    title,
    body,
    curl: curlLine(`${origin}${TRACE_PATH}`, body),
  }));
}

export function createDashboardRoutes(about: Description): Hono {
  const app = new Hono();
  app.get("/", (c) => {
    const nonce = crypto.randomUUID();
    const turn = freshTurn(new URL(c.req.url).origin);
    return c.html(dashboardPage(about, turn, nonce), 200, {
      "content-security-policy": pagePolicy(nonce),
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    });
  });
  // Where the dashboard's way to a trace in Langfuse leads, the built-in one being this page.
  app.get("/sink/trace/:id", (c) => c.redirect(`/#${encodeURIComponent(c.req.param("id"))}`));
  app.get(TURN_PATH, (c) =>
    c.json(freshTurn(new URL(c.req.url).origin), 200, { "cache-control": "no-store" }),
  );
  return app;
}
