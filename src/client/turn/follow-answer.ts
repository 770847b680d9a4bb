// The bytes of an answer become part of its turn: an answer is read as the page reads it, of an error only
// a beginning of its own words is. No chunk waits for it, and nothing here can fail the chat.
import type { AnswerReader } from "../stream/reader.ts";
import { loaded, loadReading } from "../reading/load-reading.ts";
import { nothing } from "../send/options.ts";
import type { OpenTurn } from "./open-turn.ts";
import { watchResponse } from "./watch-response.ts";

/** After this to twice this long without reading, the page has abandoned an answer. */
const IDLE_MS = 3e4;
/** The longest that reading holds the main thread in one task. */
const READ_MS = 3;
/** The most bytes that wait to be read. */
const MAX_WAITING_BYTES = 4e6;

/** Tracing never fails the chat. */
export function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

const statusOf = ({ status, statusText }: Response): string =>
  `HTTP ${status} ${statusText}`.trim();

/** The status of an answer that is an error, and its own words; the response is used up. */
export async function messageOf(response: Response): Promise<string> {
  const words = await loadReading()
    .then((reading) => reading.errorWords(response))
    .catch(nothing);
  return words ? `${statusOf(response)}: ${words}` : statusOf(response);
}

/** `keepsWords`: an error may tell what was asked. */
export function followError(turn: OpenTurn, response: Response, keepsWords = true): void {
  const fail = (message: string): void => turn.fail({ message });
  // The page reads the words itself as well.
  const copy = keepsWords && quietly(() => response.clone());
  if (copy) void messageOf(copy).then(fail);
  else fail(statusOf(response));
}

/** The turns whose answers may still have something to be read, and the reading of what they asked. */
export const unread = new Map<OpenTurn, Promise<unknown>>();

/** For an answer whose reader did not come: it is timed all the same. */
const noReader = (): AnswerReader => ({
  answered: { text: "", begun: true, unread: true },
  read: () => {},
  end: () => {},
});

/** `asked`: the request has been looked into. `fail`: what is to be said of an error that the page gets, too. */
export function follow(
  turn: OpenTurn,
  response: Response,
  asked: Promise<unknown>,
  fail: (error: unknown) => void,
): void {
  const { requests } = turn;
  /** Another request of the turn may have begun before the last of this one's answer is read. */
  const isCurrent = (): boolean => turn.requests === requests;
  /** What came and is not read yet, with its time. */
  const waiting: [bytes: Uint8Array, at: number][] = [];
  let waitingBytes = 0;
  let isFull = false;
  let reader: AnswerReader | undefined;
  let over: ((isLast?: boolean) => unknown) | undefined;
  /** The time that reading has taken since the last pause, ms. */
  let spent = 0;
  let pause: unknown;
  let isWaiting = false;
  let isIdle = false;

  const read = (isLast?: boolean): void => {
    if (!reader) return;
    for (let left = isLast ? Infinity : READ_MS - spent; waiting[0] && left > 0;) {
      const began = performance.now();
      const [bytes, at] = waiting.shift() as [Uint8Array, number];
      waitingBytes -= bytes.length;
      reader.read(bytes, at);
      if (isFull) reader.answered.unread = true;
      if (isCurrent()) turn.chunk(reader.answered, at);
      const took = performance.now() - began;
      spent += took;
      left -= took;
    }
    if (spent) {
      pause ??= setTimeout(() => {
        pause = undefined;
        spent = 0;
        read();
      });
    }
    if (over && !waiting[0]) {
      // A beginning whose form could not be told yet is text after all.
      const work = over;
      over = undefined;
      reader.end();
      unread.delete(turn);
      work(isLast);
    }
  };
  void loadReading()
    .then(({ readerOf }) => readerOf(response), noReader)
    .then((one) => {
      reader ??= one;
      read();
    });
  turn.catchUp = () => {
    reader ??= loaded.reading?.readerOf(response);
    read(true);
  };
  unread.set(turn, asked);

  // A page that reads no more need not say so; then the turn ends without.
  const idle = setInterval(() => {
    if (isIdle) end(() => turn.abandon("the answer was not read to its end"));
    isIdle = !isWaiting;
  }, IDLE_MS);
  const end = (work: (isLast?: boolean) => unknown): void => {
    clearInterval(idle);
    over ??= work;
    read();
  };
  watchResponse(response, {
    waiting: (now) => {
      isWaiting = now;
      isIdle = false;
    },
    chunk: (bytes) => {
      waitingBytes += bytes.length;
      isFull ||= waitingBytes > MAX_WAITING_BYTES;
      // The page's stream takes the bytes away.
      waiting.push([bytes.slice(0, isFull ? 0 : undefined), Date.now()]);
      read();
    },
    end: () =>
      end((isLast) => {
        const whole = (): void => {
          unread.delete(turn);
          if (isCurrent()) turn.end(reader?.answered);
        };
        if (isLast) return whole();
        // A question that is still read belongs to the turn as well.
        unread.set(turn, asked);
        turn.catchUp = whole;
        return void asked.then(whole);
      }),
    cancel: () => end(() => isCurrent() && turn.stop()),
    fail: (error) => end(() => isCurrent() && fail(error)),
  });
}
