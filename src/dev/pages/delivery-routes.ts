// The delivery panel's questions, asked of the edge's own API with the project's keys, which stay in the Worker:
// the page has none. For the machine of whoever develops; the production Worker does not have these paths.
import { Hono } from "hono";
import type { DeliveryView } from "./page-data.ts";

export const DELIVERY_PATH = "/dev/delivery";
export const REPLAY_PATH = "/dev/replay";

export interface DeliveryDeps {
  /** The edge itself. */
  ask: (request: Request) => Response | Promise<Response>;
  keys: { publicKey: string; secretKey: string };
}

const NO_STORE = { "cache-control": "no-store" };

export function createDeliveryRoutes({ ask, keys }: DeliveryDeps): Hono {
  const authorization = `Basic ${base64(`${keys.publicKey}:${keys.secretKey}`)}`;
  const call = (origin: string, path: string, init: RequestInit = {}) =>
    ask(
      new Request(`${origin}/api/langfuse${path}`, {
        ...init,
        headers: { authorization, "content-type": "application/json" },
      }),
    );
  const app = new Hono();
  app.get(DELIVERY_PATH, async (c) => {
    const { origin } = new URL(c.req.url);
    const answers = await Promise.all([
      call(origin, "/outcomes"),
      call(origin, "/dead-letters?limit=50"),
    ]);
    const failed = answers.find(({ ok }) => !ok);
    if (failed !== undefined) return new Response(failed.body, failed);
    const [outcomes, page] = await Promise.all(answers.map(async (answer) => answer.json()));
    return c.json({ outcomes, page } as DeliveryView, 200, NO_STORE);
  });
  app.post(REPLAY_PATH, async (c) => {
    // A form of another site cannot send this.
    if (c.req.header("content-type") !== "application/json") return c.body(null, 415);
    const body = await c.req.text();
    const { origin } = new URL(c.req.url);
    return call(origin, "/dead-letters/replay", { method: "POST", body });
  });
  return app;
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
