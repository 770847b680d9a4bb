// From the bytes of an answer to the turn that they are part of: read as the page reads them, or, of an
// error, a beginning of its own words. No chunk waits for it, and nothing here can fail the chat.
import { type AnswerReader, createAnswerReader } from "./stream/reader.ts";
import { cut } from "./cut.ts";
import { nothing } from "./options.ts";
import type { Turn } from "./turn.ts";
import { watchResponse } from "./watch-response.ts";

/** Most of an HTTP error's own words that are kept, characters, and how long they are waited for. */
const MOST_WORDS = 1000;
const WORDS_MS = 1000;
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

/** Of an answer that is an error: its status, and its own words, which the page still reads itself. */
export async function messageOf(response: Response): Promise<string> {
  const reader = readerOf(response);
  const body = quietly(() => response.clone().body?.getReader());
  const enough = (): void => void body?.cancel().catch(nothing);
  const timer = setTimeout(enough, WORDS_MS);
  const decoder = new TextDecoder();
  let words = "";
  try {
    while (words.length < MOST_WORDS) {
      const { value } = (await body?.read()) ?? {};
      if (!value) break;
      reader.read(value);
      words += decoder.decode(value, { stream: true });
    }
    reader.end();
  } catch {
    // What came until then will do.
  }
  clearTimeout(timer);
  enough();
  words = cut(reader.answered.error || words, MOST_WORDS);
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
  // Whoever reads no more need not say so; then the turn ends without.
  const idle = setInterval(() => {
    if (isIdle) {
      clearInterval(idle);
      turn.abandon("the answer was not read to its end");
    }
    isIdle = !isWaiting;
  }, IDLE_MS);
  const over = (work: () => void): void => {
    clearInterval(idle);
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
        reader.end();
        // A question that is still read belongs to the turn as well.
        void asked.then(() => turn.end(answered));
      }),
    cancel: () => over(() => turn.stop()),
    fail: (error) => over(() => fail(error)),
  });
}
