// The demo's first backend, a program of its own: a streaming chat API in Node, traced by the official
// Langfuse SDK. It listens on loopback only, ends when the one that started it does (its standard
// input closes), and must not know anything of the edge.
//   node src/dev/demo/backend/node.ts <port>
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { answerChat, type Reply } from "./chat.ts";
import { readChatRequest } from "./chat-request.ts";
import { DONE_EVENT, errorEvent, usageEvent, wordEvent } from "./sse.ts";
import { startTracing } from "./tracing.ts";

const WORD_MS = Number(process.env["DEMO_WORD_MS"] ?? 45);
const PACE = { thinkMs: 10 * WORD_MS, wordMs: WORD_MS };
const LARGEST_BODY = 100_000;

const flush = startTracing();

createServer((request, response) => {
  handle(request, response).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    response.destroy();
  });
}).listen(Number(process.argv[2]), "127.0.0.1");

process.stdin.on("end", () => process.exit()).resume();

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === "GET" && request.url === "/health") return sendJson(response, 200, {});
  if (request.method !== "POST" || request.url !== "/chat") return sendJson(response, 404, {});
  if (Number(request.headers["content-length"] ?? 0) > LARGEST_BODY) {
    return sendJson(response, 413, { error: { message: "too long" } });
  }
  const chat = readChatRequest(await text(request));
  if (chat === undefined) {
    return sendJson(response, 400, { error: { message: "a question and an assistant_name" } });
  }
  await answerChat(chat, request.headers, replyOn(response), PACE);
  // A page looks at the trace at once; a service would leave it to the SDK's own timer.
  await flush();
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function replyOn(response: ServerResponse): Reply {
  const gone = new AbortController();
  response.on("close", () => {
    if (!response.writableEnded) gone.abort();
  });
  return {
    gone: gone.signal,
    begin: () => {
      const headers = { "content-type": "text/event-stream", "cache-control": "no-store" };
      response.writeHead(200, headers).flushHeaders();
    },
    word: (word) => response.write(wordEvent(word)),
    end: (usage) => response.end(usageEvent(usage) + DONE_EVENT),
    fail: (message) => {
      if (response.headersSent) response.end(errorEvent(message));
      else sendJson(response, 500, { error: { message } });
    },
  };
}
