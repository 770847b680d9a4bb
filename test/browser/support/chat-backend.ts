// A chat API that streams: on the page's own origin, or at an address of its own, where it answers
// preflights as strictly as a test wants.
import { setTimeout } from "node:timers/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { bodyOf, serve } from "./serve.ts";

export interface Answer {
  /** What it streams, each piece at once; or made only when its time has come. */
  pieces: readonly (string | (() => string))[];
  contentType?: string;
  headers?: Record<string, string>;
  status?: number;
  /** Between two pieces, ms. */
  pauseMs?: number;
  /** Held back before the piece of this number until `release()`. */
  holdAt?: number;
  /** Breaks the connection in the end. */
  breaks?: boolean;
}

/** A backend of its own kind. */
export type Reply = (body: string, outgoing: ServerResponse) => Promise<void>;

export interface Asked {
  method: string;
  headers: IncomingMessage["headers"];
  body: string;
}

export interface ChatBackend {
  url: string;
  handle: (request: IncomingMessage, response: ServerResponse) => void;
  asked: Asked[];
  answer: (next: Answer | Reply) => void;
  release: () => void;
  cut: (isCut: boolean) => void;
  close: () => Promise<void>;
}

/** `cors`: what it allows to pages of other origins; nothing without. */
export async function chatBackend(cors: Record<string, string> = {}): Promise<ChatBackend> {
  const asked: Asked[] = [];
  let current: Answer | Reply = { pieces: ["Hello"] };
  let held = Promise.withResolvers<void>();

  const reply = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = "", headers } = incoming;
    const body = (await bodyOf(incoming)).toString();
    asked.push({ method, headers, body });
    if (method === "OPTIONS") return void outgoing.writeHead(204, cors).end();
    if (typeof current === "function") return current(body, outgoing);
    const { pieces, contentType = "text/plain; charset=utf-8", status = 200 } = current;
    const { pauseMs = 0, holdAt, breaks } = current;
    outgoing.socket?.setNoDelay(true);
    outgoing.writeHead(status, { "content-type": contentType, ...cors, ...current.headers });
    outgoing.flushHeaders();
    for (const [n, piece] of pieces.entries()) {
      if (n === holdAt) await held.promise;
      if (n > 0) await setTimeout(pauseMs);
      if (outgoing.destroyed) return;
      outgoing.write(typeof piece === "string" ? piece : piece());
    }
    if (breaks) outgoing.destroy();
    else outgoing.end();
  };
  const handle = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    reply(incoming, outgoing).catch(() => outgoing.destroy());
  };
  const served = await serve(handle);
  return {
    ...served,
    handle,
    asked,
    answer: (next) => {
      current = next;
      held = Promise.withResolvers();
    },
    release: () => held.resolve(),
  };
}

/** A completion as OpenAI streams it, its usage in the last event. */
export function openAiAnswer(words: readonly string[], model = "gpt-5-mini"): Answer {
  const event = (told: object): string =>
    `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model, ...told })}\n\n`;
  return {
    contentType: "text/event-stream",
    pieces: [
      ...words.map((content) =>
        event({ choices: [{ index: 0, delta: { role: "assistant", content } }] }),
      ),
      event({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }),
      event({
        choices: [],
        usage: {
          prompt_tokens: 5,
          completion_tokens: words.length,
          total_tokens: 5 + words.length,
        },
      }),
      "data: [DONE]\n\n",
    ],
  };
}
