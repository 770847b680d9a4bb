// A Langfuse of before v4 on loopback: it takes every event, and answers reads of prompts.
import { once } from "node:events";
import { createServer } from "node:http";
import type { SentEvent } from "./legacy-merge.ts";

export const PROMPT = {
  id: "prompt-1",
  name: "greeting",
  version: 3,
  type: "text",
  prompt: "Say hello to {{name}}",
  config: {},
  labels: ["production"],
  tags: [],
};

export interface AcceptingLangfuse {
  url: string;
  events: () => SentEvent[];
  close: () => Promise<void>;
}

export async function acceptingLangfuse(): Promise<AcceptingLangfuse> {
  const batches: SentEvent[][] = [];
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      outgoing.setHeader("content-type", "application/json");
      if (incoming.url?.startsWith("/api/public/v2/prompts/") === true) {
        outgoing.end(JSON.stringify(PROMPT));
        return;
      }
      const { batch } = JSON.parse(Buffer.concat(chunks).toString()) as { batch: SentEvent[] };
      batches.push(batch);
      const successes = batch.map(({ id }) => ({ id, status: 201 }));
      outgoing.writeHead(207).end(JSON.stringify({ successes, errors: [] }));
    })();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    events: () => batches.flat(),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
