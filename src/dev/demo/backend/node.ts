// The demo's first backend, a program of its own: a streaming chat API in Node, traced by the official
// Langfuse SDK. It listens on loopback only, ends when the one that started it does (its standard
// input closes), and must not know anything of the edge.
//   node src/dev/demo/backend/node.ts <port>
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { answerChat, type Reply } from "./chat.ts";
import { readChatRequest } from "./chat-request.ts";
import {
  beginEvents,
  callEvents,
  endEvents,
  errorEvent,
  HEADERS,
  resultEvent,
  textEvent,
  wordEvent,
} from "./sse.ts";
import { startTracing } from "./tracing.ts";

const WORD_MS = Number(process.env["DEMO_WORD_MS"] ?? 45);
const PACE = { thinkMs: 10 * WORD_MS, wordMs: WORD_MS };
const MAX_BODY_BYTES = 100_000;

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
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) {
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
  let isTalking = false;
  response.on("close", () => {
    if (!response.writableEnded) gone.abort();
  });
  return {
    gone: gone.signal,
    begin: () => {
      response.writeHead(200, HEADERS).flushHeaders();
      response.write(beginEvents());
    },
    word: (word) => {
      if (!isTalking) response.write(textEvent());
      isTalking = true;
      response.write(wordEvent(word));
    },
    call: () => response.write(callEvents()),
    result: (output) => response.write(resultEvent(output)),
    end: (usage) => response.end(endEvents(usage)),
    fail: (message) => {
      if (response.headersSent) response.end(errorEvent(message));
      else sendJson(response, 500, { error: { message } });
    },
  };
}
