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
import { type AfterTurn, afterTurn } from "./turn/after-turn.ts";
import { follow, followError, quietly } from "./turn/follow-answer.ts";
import { nothing } from "./send/options.ts";
import { requestInput } from "./turn/request-input.ts";
import { startTurn, type Turn } from "./turn/turn.ts";
import type { TurnOptions } from "./turn/turn-options.ts";

export type { Target } from "./turn/propagation.ts";
export type { AfterTurn, UserAction } from "./turn/after-turn.ts";
export type { FeedbackFields, FeedbackValue } from "./feedback/score.ts";
export type { Experiments, Variants } from "./experiments/labels.ts";
export type { Turn } from "./turn/turn.ts";
export type { TurnOptions } from "./turn/turn-options.ts";

/** Statuses without a body. Chromium gives a stream to these as well, and its copy is another. */
const WITHOUT_BODY = new Set([204, 205]);

type Input = Parameters<typeof fetch>[0];
type Init = Parameters<typeof fetch>[1];

export interface ChatTurn extends Turn, AfterTurn {
  /** Sends the chat request as `fetch` does, and follows its answer. */
  fetch: typeof fetch;
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

/** A turn of a chat that is written by hand; begin it at the click. */
export function traceChat(options: TurnOptions): ChatTurn {
  const turn = startTurn(options);
  const send = options.fetch ?? ((...request: Parameters<typeof fetch>) => fetch(...request));
  return Object.assign(turn, afterTurn(options.client, turn), {
    fetch: async (input: Input, init?: Init) => {
      const waiting = quietly(() => turn.calling().catch(nothing));
      if (options.flushWaitMs) await waiting;
      const request = quietly(() => withHeaders(turn, input, init)) ?? [input, init];
      const own = input instanceof Request ? input : undefined;
      const body = init?.body;
      const copy = body ? undefined : quietly(() => own?.clone());
      const fail = (error: unknown): void => {
        const isTimeout = Object(error).name === "TimeoutError";
        if ((init?.signal ?? own?.signal)?.aborted && !isTimeout) turn.stop();
        else turn.fail(error);
      };
      try {
        const answer = send(...request);
        // The request is on its way: to look into a long one takes time.
        const asked = requestInput(body, copy)
          .then((given) => turn.asking(given))
          .catch(nothing);
        const response = await answer;
        quietly(() => {
          turn.responding(response.status);
          // Another origin's answer may tell nothing of itself; that is no error.
          if (!response.ok && !response.type.startsWith("opaque")) {
            followError(turn, response, options.captureContent);
          } else if (response.body && !WITHOUT_BODY.has(response.status)) {
            follow(turn, response, asked, fail);
          } else turn.end();
        });
        return response;
      } catch (error) {
        quietly(() => fail(error));
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
    let send = fetch;
    quietly(() => {
      const own = typeof options === "function" ? options(input, init) : options;
      send = own?.fetch ?? send;
      const method = init?.method ?? Object(input).method;
      if (own && /^post$/i.test(method)) send = traceChat(own).fetch;
    });
    return send(input, init);
  };
}
