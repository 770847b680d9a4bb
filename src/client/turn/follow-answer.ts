// The bytes of an answer become part of its turn: an answer is read as the page reads it, of an error only
// a beginning of its own words is. No chunk waits for it, and nothing here can fail the chat.
import { type AnswerReader, createAnswerReader } from "../stream/reader.ts";
import { cut } from "../send/cut.ts";
import { nothing } from "../send/options.ts";
import type { Turn } from "./turn.ts";
import { watchResponse } from "./watch-response.ts";

/** The most of an HTTP error's own words that is kept, in UTF-16 units, and the time that they have. */
const MAX_ERROR_WORDS_LENGTH = 1000;
const ERROR_WORDS_MS = 1000;
/** After this to twice this long without reading, the page has abandoned an answer. */
const IDLE_MS = 3e4;

/** Tracing never fails the chat. */
export function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** A reader for what the response says that it is. */
export function readerOf({ headers }: Response): AnswerReader {
  const isAiSdk =
    headers.has("x-vercel-ai-data-stream") || headers.has("x-vercel-ai-ui-message-stream");
  return createAnswerReader(headers.get("content-type") ?? "", isAiSdk);
}

const statusOf = ({ status, statusText }: Response): string =>
  `HTTP ${status} ${statusText}`.trim();

/** The status of an answer that is an error, and its own words, which the page still reads itself. */
export async function messageOf(response: Response): Promise<string> {
  const reader = readerOf(response);
  const body = quietly(() => response.clone().body?.getReader());
  const enough = (): void => void body?.cancel().catch(nothing);
  const timer = setTimeout(enough, ERROR_WORDS_MS);
  const decoder = new TextDecoder();
  let words = "";
  try {
    while (words.length < MAX_ERROR_WORDS_LENGTH) {
      const { value } = (await body?.read()) ?? {};
      if (!value) break;
      reader.read(value);
      words += decoder.decode(value, { stream: true });
    }
    reader.end();
  } catch {
    // The words that came until then will do.
  }
  clearTimeout(timer);
  enough();
  words = cut(reader.answered.error || words, MAX_ERROR_WORDS_LENGTH);
  return words ? `${statusOf(response)}: ${words}` : statusOf(response);
}

/** `keepsWords`: an error may tell what was asked. */
export function followError(turn: Turn, response: Response, keepsWords = true): void {
  const fail = (message: string): void => turn.fail({ message });
  if (keepsWords) void messageOf(response).then(fail);
  else fail(statusOf(response));
}

/** `asked`: the request has been looked into. `fail`: what is to be said of an error that the page gets, too. */
export function follow(
  turn: Turn,
  response: Response,
  asked: Promise<unknown>,
  fail: (error: unknown) => void,
): void {
  const reader = readerOf(response);
  const { answered } = reader;
  let isWaiting = false;
  let isIdle = false;
  // A page that reads no more need not say so; then the turn ends without.
  const idle = setInterval(() => {
    if (isIdle) {
      clearInterval(idle);
      turn.abandon("the answer was not read to its end");
    }
    isIdle = !isWaiting;
  }, IDLE_MS);
  const over = (work: () => void): void => {
    clearInterval(idle);
    // A beginning whose form could not be told yet is text after all.
    reader.end();
    work();
  };
  watchResponse(response, {
    waiting: (now) => {
      isWaiting = now;
      isIdle = false;
    },
    chunk: (bytes) => {
      reader.read(bytes);
      turn.chunk(answered);
    },
    end: () =>
      over(() => {
        // A question that is still read belongs to the turn as well.
        void asked.then(() => turn.end(answered));
      }),
    cancel: () => over(() => turn.stop()),
    fail: (error) => over(() => fail(error)),
  });
}
