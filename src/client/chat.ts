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
import { type Readers, reading } from "./reading/load-reading.ts";
import { type AfterTurn, afterTurn } from "./turn/after-turn.ts";
import { byHand } from "./turn/by-hand.ts";
import { nothing } from "./send/options.ts";
import type { LangfuseProxy } from "./trace/proxy.ts";
import type { OpenTurn, Turn } from "./turn/open-turn.ts";
import { quietly } from "./turn/quietly.ts";
import type { Seen } from "./answer/resume-turn.ts";
import { startTurn } from "./turn/turn.ts";
import { turnsOf } from "./turn/turn-registry.ts";
import type { TurnOptions } from "./turn/turn-options.ts";
import { type Tell, watchResponse } from "./turn/watch-response.ts";
import { within } from "./turn/within.ts";

export type { Target } from "./turn/propagation.ts";
export type { Turn } from "./turn/open-turn.ts";
export type { AfterTurn, UserAction } from "./turn/after-turn.ts";
export type { FeedbackFields, FeedbackValue } from "./feedback/score.ts";
export type { Experiments, Variants } from "./experiments/labels.ts";
export type { TurnOptions } from "./turn/turn-options.ts";

/** Statuses without a body. Chromium gives a stream to these as well, and its copy is another. */
const WITHOUT_BODY = new Set([204, 205]);

/** The most bytes of an answer that wait for the readers. */
const MAX_HELD_BYTES = 4e6;

type Input = Parameters<typeof fetch>[0];
type Init = Parameters<typeof fetch>[1];

/** The longest that a request which may bring results waits for the readers, where a page's first answer needs them. */
const READER_MS = 2e3;
/** The fields of a `Request`; a URL or a text has none of them. */
const asRequest = (input: Input): Partial<Request> => Object(input) as Partial<Request>;
const urlOf = (input: Input): string => asRequest(input).url ?? `${input as string | URL}`;

export interface ChatTurn extends Turn, AfterTurn {
  /** Sends the chat request as `fetch` does, and follows its answer. */
  fetch: typeof fetch;
}

/** The request with the turn's headers, where they may go. */
function withHeaders(turn: OpenTurn, input: Input, init: Init): [Input, Init] {
  const added = Object.entries(turn.headers(urlOf(input)));
  if (!added[0]) return [input, init];
  const headers = new Headers(init?.headers ?? asRequest(input).headers);
  for (const [name, value] of added) {
    if (name === "baggage") headers.append(name, value);
    else headers.set(name, value);
  }
  return [input, { ...init, headers }];
}

/** Tells what the page reads. `isHeld`: what is told waits for the readers. */
function watch(response: Response, tell: Tell, isHeld: () => unknown): void {
  let heldBytes = 0;
  watchResponse(response, (what, value) => {
    if (what === "chunk") {
      const bytes = value as Uint8Array;
      heldBytes += isHeld() ? bytes.length : 0;
      // The page's stream takes the bytes away.
      value = heldBytes > MAX_HELD_BYTES ? undefined : bytes.slice();
    }
    tell(what, value);
  });
  // One that the page never reads is abandoned, too.
  tell("waiting", false);
}

/** Follows what the backend answers, as part of the turn. */
function respond(turn: OpenTurn, response: Response, fail: (error: unknown) => void): void {
  turn.tell("responding", response.status);
  // Another origin's answer may tell nothing of itself; that is no error.
  if (!response.ok && !response.type.startsWith("opaque")) {
    // The page reads the words itself as well; they may tell what was asked.
    const isKept = turn.options.captureContent !== false;
    turn.tell("refused", isKept ? quietly(() => response.clone()) : undefined, response);
  } else if (response.body && !WITHOUT_BODY.has(response.status)) {
    const answer = { response, requests: turn.requests, fail };
    turn.unread = true;
    watch(
      response,
      (...told) => turn.tell("seen", answer, ...told),
      () => !turn.answering,
    );
  } else turn.tell("end");
}

/** What is to be said of a request that fails: its own signal stopped it, or it is an error. */
const failing =
  (turn: OpenTurn, input: Input, init: Init) =>
  (error: unknown): void => {
    const signal = init?.signal ?? asRequest(input).signal;
    const isTimeout = Object(error).name === "TimeoutError";
    if (signal?.aborted && !isTimeout) turn.tell("stop");
    else turn.tell("fail", error);
  };

function sending(turn: OpenTurn): typeof fetch {
  const { options } = turn;
  const send = options.fetch ?? ((...request: Parameters<typeof fetch>) => fetch(...request));
  return async (input: Input, init?: Init) => {
    quietly(() => turn.tell("brings", init?.body));
    const waiting = quietly(() => turn.calling().catch(nothing));
    if (options.flushWaitMs) await waiting;
    const request = quietly(() => withHeaders(turn, input, init)) ?? [input, init];
    const body = init?.body;
    const clone = quietly(() => (body ? undefined : asRequest(input).clone?.()));
    const fail = failing(turn, input, init);
    try {
      const answer = send(...request);
      // The request is on its way: to look into a long one takes time. As it is now: the page may change its form or
      // its bytes. A stream can be read only once.
      quietly(() => {
        if (!body || typeof body === "string") turn.tell("sent", body || clone);
        else if (!(body instanceof ReadableStream)) turn.tell("sent", new Response(body));
      });
      const response = await answer;
      quietly(() => respond(turn, response, fail));
      return response;
    } catch (error) {
      quietly(() => fail(error));
      throw error;
    }
  };
}

/** A turn of a chat that is written by hand; begin it at the click. */
export function traceChat(options: TurnOptions): ChatTurn {
  const turn = startTurn(options);
  return Object.assign(turn, byHand(turn), afterTurn(options.client, turn), {
    fetch: sending(turn),
  });
}

/** A GET: an answer that it resumes is traced by the other half, with what has come until that is there. */
async function resume(options: TurnOptions, input: Input, init: Init): Promise<Response> {
  const at = Date.now();
  const response = await (options.fetch ?? fetch)(input, init);
  quietly(() => {
    // A content type, or the AI SDK's own header.
    const isStream = /(event|message)-stream/.test(String([...response.headers]));
    if (response.status !== 200 || !isStream) return;
    const seen: Seen[] = [];
    let tell: Tell = (...told) => void seen.push([told, Date.now()]);
    watch(
      response,
      (...told) => tell(...told),
      () => seen[0],
    );
    const fails = (turn: OpenTurn) => failing(turn, input, init);
    const resumed = { options, url: urlOf(input), at, response, seen, fails };
    reading
      .load()
      .then(({ resumeTurn }) => (tell = resumeTurn(startTurn, resumed)))
      .catch(() => (tell = nothing));
  });
  return response;
}

/**
 * The turn that a request goes on with, if any. A promise, where an answer waits for the readers: what it has asked for
 * has to be known, or the request that brings it begins another trace.
 */
function continued(
  client: LangfuseProxy,
  body: unknown,
): OpenTurn | undefined | Promise<OpenTurn | void> {
  const open = [...turnsOf(client).open] as OpenTurn[];
  const among = ({ continuedTurn }: Readers) => continuedTurn(open, client, body);
  if (reading.ready) return among(reading.ready);
  return open.some(({ unread }) => unread) && /tool|function/.test(String(body))
    ? within(READER_MS, reading.load().then(among, nothing))
    : undefined;
}

/**
 * A `fetch` that traces each POST as a chat turn; one that brings the results of tools goes on with the turn
 * that asked for them. A GET is traced where it resumes an answer. Options may be made for each request; where
 * they are undefined, it is not traced.
 */
export function tracedFetch(
  options: TurnOptions | ((input: Input, init?: Init) => TurnOptions | undefined),
): typeof fetch {
  return async (input: Input, init?: Init) => {
    let send = fetch;
    try {
      const own = typeof options === "function" ? options(input, init) : options;
      if (own) {
        send = own.fetch ?? send;
        const method = init?.method ?? asRequest(input).method ?? "get";
        if (/^get$/i.test(method)) send = () => resume(own, input, init);
        else if (/^post$/i.test(method)) {
          const going = continued(own.client, init?.body);
          const known = going && (await going);
          send = sending(known || startTurn(own));
        }
      }
    } catch {
      // Tracing never fails the chat.
    }
    return send(input, init);
  };
}
