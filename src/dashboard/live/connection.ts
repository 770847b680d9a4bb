// The watcher's connection to the edge: opened while somebody looks, opened again when it breaks, and closed when
// the page is out of sight for a while, since an edge that nobody watches has nothing to tell.
import {
  LIVE_CLOSED,
  LIVE_PATH,
  LIVE_PROTOCOL,
  LIVE_TOKEN_PREFIX,
  type LiveMessage,
  type WatcherMessage,
} from "../../protocol/live.ts";
import { type Api, ApiError } from "../access/api.ts";
import { type Problem, problemOf } from "../access/problem.ts";
import {
  ACK_AFTER_MS,
  acknowledged,
  type Acks,
  isDueNow,
  isDueSoon,
  NOTHING_READ,
  read,
} from "./acks.ts";
import { backoffMs } from "./backoff.ts";
import { readMessage } from "./read-message.ts";

export interface Watching {
  message: (message: LiveMessage) => void;
  /** How the connection stands. */
  state: (state: "connecting" | "live" | "lost" | "resting") => void;
  problem: (problem: Problem | undefined) => void;
}

/** Out of sight for so long, and it closes. */
const REST_AFTER_MS = 60_000;
/** Open to whoever may watch. */
const OUTCOMES_PATH = "/api/langfuse/outcomes";
const PING = "ping";
const PONG = "pong";
const PING_AFTER_MS = 20_000;
const ANSWER_WITHIN_MS = 10_000;
const FULL: Problem = {
  title: "Too many are watching this project just now",
  advice: "Close another dashboard; this page tries again by itself.",
  signIn: false,
  passing: true,
};

export function watch(api: Api, { message, state, problem }: Watching, signal: AbortSignal): void {
  let socket: WebSocket | undefined;
  let failures = 0;
  let again: ReturnType<typeof setTimeout> | undefined;
  let resting: ReturnType<typeof setTimeout> | undefined;

  const connect = (): void => {
    clearTimeout(again);
    if (signal.aborted || socket !== undefined) return;
    state("connecting");
    const url = new URL(LIVE_PATH, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const token = api.token.get();
    const offers =
      token === undefined ? [LIVE_PROTOCOL] : [LIVE_PROTOCOL, LIVE_TOKEN_PREFIX + token];
    const opened = new WebSocket(url, offers);
    socket = opened;
    let wasOpen = false;
    let acks: Acks = NOTHING_READ;
    let due: ReturnType<typeof setTimeout> | undefined;
    let silence: ReturnType<typeof setTimeout> | undefined;
    /** A connection may be dead without a word: after a silence it is asked, and given up where nothing comes. */
    const heardNow = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => {
        if (opened.readyState === WebSocket.OPEN) opened.send(PING);
        silence = setTimeout(() => lose(1006), ANSWER_WITHIN_MS);
      }, PING_AFTER_MS);
    };
    const lose = (code: number): void => {
      clearTimeout(due);
      clearTimeout(silence);
      if (socket !== opened) return;
      socket = undefined;
      opened.close();
      state("lost");
      void lost(code, wasOpen);
    };
    const acknowledge = (): void => {
      clearTimeout(due);
      due = undefined;
      if (!isDueSoon(acks) || opened.readyState !== WebSocket.OPEN) return;
      acks = acknowledged(acks);
      opened.send(JSON.stringify({ ack: acks.read } satisfies WatcherMessage));
    };
    opened.addEventListener("message", ({ data }: MessageEvent<string>) => {
      heardNow();
      if (data === PONG) return;
      const told = readMessage(data, Date.now());
      if (told === undefined) return;
      if (told.message?.type === "hello") {
        failures = 0;
        state("live");
        problem(undefined);
      }
      acks = read(acks, told.n);
      if (isDueNow(acks)) acknowledge();
      else due ??= setTimeout(acknowledge, ACK_AFTER_MS);
      if (told.message !== undefined) message(told.message);
    });
    opened.addEventListener("open", () => {
      wasOpen = true;
      heardNow();
    });
    opened.addEventListener("close", ({ code }) => lose(code));
  };
  /** A refused handshake has no reason that a page could read: it is asked for in words. */
  const reasonOf = async (code: number, wasOpen: boolean): Promise<Problem | undefined> => {
    if (code === LIVE_CLOSED.expired) {
      return problemOf({ status: 401, code: "token_expired", message: "" }, true);
    }
    if (code === LIVE_CLOSED.full) return FULL;
    if (wasOpen) return undefined;
    try {
      await api.get(OUTCOMES_PATH, signal);
    } catch (error) {
      if (error instanceof ApiError) return error.problem;
    }
    return undefined;
  };
  const lost = async (code: number, wasOpen: boolean): Promise<void> => {
    failures += 1;
    const reason = await reasonOf(code, wasOpen);
    if (signal.aborted) return;
    if (reason !== undefined) {
      problem(reason);
      if (!reason.passing) return;
    }
    if (!document.hidden) again = setTimeout(connect, backoffMs(failures, Math.random()));
  };
  const close = (): void => {
    clearTimeout(again);
    const closed = socket;
    socket = undefined;
    closed?.close(1000);
  };
  document.addEventListener(
    "visibilitychange",
    () => {
      clearTimeout(resting);
      if (!document.hidden) return connect();
      resting = setTimeout(() => {
        close();
        state("resting");
      }, REST_AFTER_MS);
    },
    { signal },
  );
  signal.addEventListener("abort", () => {
    clearTimeout(resting);
    close();
  });
  connect();
}
