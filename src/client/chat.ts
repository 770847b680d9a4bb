/**
 * Chat turns, traced: `tracedFetch` stands in for `fetch` in any chat library, `traceChat` is for
 * flows written by hand. The answer is passed on as it comes; no chunk waits for tracing.
 *
 * @module
 * @example
 * const fetch = tracedFetch({ client, assistantName: "Research Assistant" });
 * const chat = useChat({ transport: new DefaultChatTransport({ fetch }) });
 * @example
 * const turn = traceChat({ client, message, assistantName, sessionId });
 * const response = await turn.fetch("/api/chat", {
 *   method: "POST",
 *   body: JSON.stringify(turn.body({ question: message })),
 * });
 */
import { nothing } from "./options.ts";
import { requestInput } from "./request-input.ts";
import { createAnswerReader } from "./stream/reader.ts";
import { startTurn, type Turn } from "./turn.ts";
import type { TurnOptions } from "./turn-options.ts";
import { watchResponse } from "./watch-response.ts";

export type { Target } from "./propagation.ts";
export type { Turn } from "./turn.ts";
export type { TurnOptions } from "./turn-options.ts";

type Input = Parameters<typeof fetch>[0];
type Init = Parameters<typeof fetch>[1];

export interface ChatTurn extends Turn {
  /** Sends the chat request as `fetch` does, and follows its answer. */
  fetch: typeof fetch;
}

/** Tracing never fails the chat. */
function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** The request with the turn's headers, where they may go. */
function withHeaders(turn: Turn, input: Input, init: Init): [Input, Init] {
  const isRequest = input instanceof Request;
  const added = Object.entries(turn.headers(isRequest ? input.url : String(input)));
  if (!added[0]) return [input, init];
  const headers = new Headers(init?.headers ?? (isRequest ? input.headers : undefined));
  for (const [name, value] of added) {
    if (name === "baggage") headers.append(name, value);
    else headers.set(name, value);
  }
  return [input, { ...init, headers }];
}

function follow(turn: Turn, response: Response): Response {
  turn.responding(response.status);
  if (!response.ok) turn.fail({ message: `HTTP ${response.status} ${response.statusText}`.trim() });
  else if (!response.body) turn.end();
  else {
    const { headers } = response;
    const isAiSdk =
      headers.has("x-vercel-ai-data-stream") || headers.has("x-vercel-ai-ui-message-stream");
    const reader = createAnswerReader(headers.get("content-type") ?? "", isAiSdk);
    const { answered } = reader;
    const finish = (): void => {
      if (answered.error) turn.fail({ message: answered.error });
      else turn.end(answered);
    };
    return watchResponse(response, {
      chunk: (bytes) =>
        quietly(() => {
          reader.read(bytes);
          turn.chunk(answered);
        }),
      end: () =>
        quietly(() => {
          reader.end();
          finish();
        }),
      cancel: () =>
        quietly(() =>
          answered.finished ? finish() : turn.fail({ message: "the answer was cancelled" }),
        ),
      fail: (error) => quietly(() => turn.fail(error)),
    });
  }
  return response;
}

/** A turn of a chat that is written by hand; begin it at the click. */
export function traceChat(options: TurnOptions): ChatTurn {
  const turn = startTurn(options);
  const send = options.fetch ?? ((...request: Parameters<typeof fetch>) => fetch(...request));
  return Object.assign(turn, {
    fetch: async (input: Input, init?: Init) => {
      const waiting = quietly(() => turn.calling().catch(nothing));
      if (options.flushWaitMs) await waiting;
      const request = quietly(() => withHeaders(turn, input, init)) ?? [input, init];
      try {
        const answer = send(...request);
        // Only now: to look into a long request takes time.
        quietly(() => turn.asking(requestInput(init?.body)));
        const response = await answer;
        return quietly(() => follow(turn, response)) ?? response;
      } catch (error) {
        quietly(() => turn.fail(error));
        throw error;
      }
    },
  });
}

/**
 * A `fetch` that traces each POST as a chat turn. Options may be made for each request; where they
 * are undefined, it is not traced.
 */
export function tracedFetch(
  options: TurnOptions | ((input: Input, init?: Init) => TurnOptions | undefined),
): typeof fetch {
  return async (input: Input, init?: Init) => {
    const own = quietly(() => (typeof options === "function" ? options(input, init) : options));
    const method = init?.method ?? (input instanceof Request ? input.method : "GET");
    const turn = quietly(() =>
      own && method.toUpperCase() === "POST" ? traceChat(own) : undefined,
    );
    return (turn?.fetch ?? own?.fetch ?? fetch)(input, init);
  };
}
