// The demo in the development Worker: its page, and the way to its chat backends, under the page's own
// origin so that trace headers may go along. It passes requests and streams on as they are; it must not
// know what tracing is.
import { Hono } from "hono";
import { pagePolicy } from "../pages/page.ts";
import { BACKENDS, type BackendId, type BackendUrls } from "./backends.ts";
import { type DemoDescription, demoPage } from "./page/page.ts";

export type BackendState = "runs" | "silent" | "impossible" | "not started";

/** Headers that a chat backend has to get; nothing else of the page's request goes on. */
const PASSED_ON = ["content-type", "traceparent", "tracestate", "baggage"];
const HEALTH_WAIT_MS = 1500;

async function stateOf(url: string | null | undefined): Promise<BackendState> {
  if (url === null) return "impossible";
  if (url === undefined) return "not started";
  try {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(HEALTH_WAIT_MS) });
    return answer.ok ? "runs" : "silent";
  } catch {
    return "silent";
  }
}

function passOn(url: string, request: Request): Promise<Response> {
  const headers = new Headers();
  for (const name of PASSED_ON) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const { body, signal } = request;
  return fetch(`${url}/chat`, { method: "POST", headers, body, signal });
}

export function createDemoRoutes(about: DemoDescription, urls: BackendUrls): Hono {
  const app = new Hono();
  app.get("/demo", (c) => {
    const nonce = crypto.randomUUID();
    return c.html(demoPage(about, nonce), 200, {
      "content-security-policy": pagePolicy(nonce),
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    });
  });
  app.get("/demo/backends", async (c) => {
    const states = BACKENDS.map(async ({ id }) => [id, await stateOf(urls[id])] as const);
    return c.json(Object.fromEntries(await Promise.all(states)));
  });
  app.post("/demo/chat/:backend", async (c) => {
    const url = urls[c.req.param("backend") as BackendId];
    const refuse = (message: string) => c.json({ error: { message } }, 502);
    if (typeof url !== "string") return refuse("this backend was not started");
    try {
      return await passOn(url, c.req.raw);
    } catch {
      return refuse("this backend does not answer");
    }
  });
  return app;
}
