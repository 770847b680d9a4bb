// The bytes of an answer become part of its turn, as the page reads them: no chunk waits for it, and it never holds
// the main thread for long.
import { readerOf } from "../reading/read-response.ts";
import type { Page } from "../send/page.ts";
import type { OpenTurn } from "../turn/open-turn.ts";
import type { Watch } from "../turn/watch-response.ts";

const page: Page = globalThis;
/** After this to twice this long without reading, the page has abandoned an answer. */
const IDLE_MS = 3e4;
/** The longest that reading holds the main thread in one task. */
const READ_MS = 2;
/** The longest that it waits for the page to have nothing else to do. */
const MAX_PAUSE_MS = 500;
/** The most bytes that wait to be read. */
const MAX_WAITING_BYTES = 4e6;

/** An answer that the page reads. */
export interface Followed {
  response: Response;
  /** The turn's number of requests, with its own. */
  requests: number;
  /** What is to be said of an error that the page gets, too. */
  fail: (error: unknown) => void;
  watch?: Watch;
}

export function followAnswer(turn: OpenTurn, { response, requests, fail }: Followed): Watch {
  /** Another request of the turn may have begun before the last of this one's answer is read. */
  const isCurrent = (): boolean => turn.answering?.request === requests;
  /** What came and is not read yet, with its time. */
  const waiting: [bytes: Uint8Array | undefined, at: number][] = [];
  let waitingBytes = 0;
  let isFull = false;
  const reader = readerOf(response);
  let over: ((isLast?: boolean) => unknown) | undefined;
  let overAt: number | undefined;
  let isPaused = false;
  let isWaiting = false;
  let isIdle = false;

  /** `isLast`: the page may be gone at once. */
  const read = (until = performance.now() + READ_MS, isLast = false): void => {
    while (waiting[0] && performance.now() < until) {
      const [bytes, at] = waiting.shift() as (typeof waiting)[number];
      if (bytes) {
        waitingBytes -= bytes.length;
        reader.read(bytes, at);
      }
      if (isFull) reader.answered.unread = true;
      if (isCurrent()) turn.tell("chunk", reader.answered, at);
    }
    if (waiting[0]) readSoon();
    if (over && !waiting[0]) {
      // A beginning whose form could not be told yet is text after all.
      const work = over;
      over = undefined;
      reader.end();
      if (!isCurrent()) return;
      turn.unread = false;
      turn.toldAt = overAt;
      work(isLast);
      turn.toldAt = undefined;
    }
  };
  /** The page reads on first: no text waits for this. A hidden one shows none, and its timers are slow. */
  const readSoon = (): void => {
    if (page.document?.hidden) return read(Infinity);
    if (isPaused) return;
    isPaused = true;
    const goOn = (): void => {
      isPaused = false;
      read();
    };
    // Safari has no such thing.
    if (page.requestIdleCallback) page.requestIdleCallback(goOn, { timeout: MAX_PAUSE_MS });
    else setTimeout(goOn);
  };
  turn.catchUp = () => read(Infinity, true);

  // A page that reads no more need not say so; then the turn ends without.
  const idle = setInterval(() => {
    if (isIdle) end(() => turn.tell("abandon", "the answer was not read to its end"));
    isIdle = !isWaiting;
  }, IDLE_MS);
  const end = (work: (isLast?: boolean) => unknown): void => {
    clearInterval(idle);
    over ??= work;
    overAt ??= turn.toldAt ?? Date.now();
    readSoon();
  };
  return {
    waiting: (now) => {
      isWaiting = now;
      isIdle = false;
    },
    chunk: (bytes) => {
      waitingBytes += bytes?.length ?? Infinity;
      isFull ||= waitingBytes > MAX_WAITING_BYTES;
      waiting.push([isFull ? undefined : bytes, turn.toldAt ?? Date.now()]);
      readSoon();
    },
    end: () =>
      end((isLast) => {
        const whole = (): void => {
          turn.unread = false;
          turn.toldAt = overAt;
          if (isCurrent()) turn.tell("end", reader.answered);
          turn.toldAt = undefined;
        };
        if (isLast || !turn.asked) return whole();
        // A question that is still read belongs to the turn as well.
        turn.unread = true;
        turn.catchUp = whole;
        return void turn.asked.then(whole);
      }),
    cancel: () => end(() => turn.tell("stop")),
    fail: (error) => end(() => fail(error)),
  };
}
