// A Langfuse of before v4 on loopback: it takes every event, and answers reads of prompts.
import { createServer } from "node:http";
import type { SentEvent } from "./legacy-merge.ts";
import { type Loopback, onLoopback } from "./loopback.ts";

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

export interface AcceptingLangfuse extends Loopback {
  events: () => SentEvent[];
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
  return {
    ...(await onLoopback(server)),
    events: () => batches.flat(),
  };
}
