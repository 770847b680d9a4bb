import { setTimeout } from "node:timers/promises";

const WORDS = ["A ", "server ", "near ", "the ", "user."];

/** A chat API that streams; put your model in its place. */
export function POST(): Response {
  const stream = new ReadableStream({
    async start(controller) {
      const encoder = new TextEncoder();
      for (const word of WORDS) {
        controller.enqueue(encoder.encode(word));
        await setTimeout(50);
      }
      controller.close();
    },
  });
  return new Response(stream, { headers: { "content-type": "text/plain; charset=utf-8" } });
}
