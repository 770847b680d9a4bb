// What the seed describes: a Node server with the official SDK of its time behind
// `/api/langfuse/trace`, which hands each action to the SDK and awaits `flushAsync()` before it
// answers a request that is to be kept.
import { once } from "node:events";
import type { Server } from "node:http";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { Langfuse } from "langfuse";
import { answerCalls } from "./child.ts";

// oxlint-disable-next-line typescript/consistent-type-definitions -- an interface has no index signature
export type SeedCalls = { start(baseUrl: string): Promise<string> };

interface Action {
  action: string;
  data?: Record<string, unknown>;
}

/** One event of the SDK for each action: as few as it can. */
function tell(langfuse: Langfuse, { action, data = {} }: Action): void {
  const { traceId, spanId, generationId, observationId, ...fields } = data as Partial<
    Record<string, string>
  >;
  const [verb, what] = action.split("_");
  const id = (what === "trace" ? traceId : (generationId ?? spanId ?? observationId)) ?? null;
  const ended = verb === "end" ? { endTime: new Date() } : {};
  const placed = { ...ended, ...fields, traceId: traceId ?? null, id };
  if (what === "trace") langfuse.trace({ ...fields, id });
  else if (what === "span") langfuse.span(placed);
  else if (what === "generation") langfuse.generation(placed);
  else if (what === "event") langfuse.event(placed);
}

let server: Server | undefined;
const calls: SeedCalls = {
  async start(baseUrl) {
    const langfuse = new Langfuse({ publicKey: "pk-lf-bench", secretKey: "sk-lf-bench", baseUrl });
    const app = new Hono().post("/api/langfuse/trace", async (c) => {
      const body = await c.req.json<Action & { actions?: Action[] }>();
      for (const one of body.actions ?? [body]) tell(langfuse, one);
      await langfuse.flushAsync();
      return c.json({ success: true });
    });
    server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }) as Server;
    if (!server.listening) await once(server, "listening");
    const address = server.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  },
};
answerCalls(calls, async () => {
  server?.close();
});
