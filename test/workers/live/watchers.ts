// Watchers' WebSockets at the real hub in workerd, and pages' requests as an edge that knows of a watcher passes
// them on.
import { env } from "cloudflare:workers";
import { afterEach, expect } from "vitest";
import type { Change } from "../../../src/protocol/change.ts";
import { liveName } from "../../../src/protocol/live/name.ts";
import { WATCH_HEADER } from "../../../src/protocol/live/calls.ts";
import type { LiveMessage, LiveTurn } from "../../../src/protocol/live.ts";
import { mergeTurn } from "../../../src/protocol/live/merge.ts";
import { eachOnItsOwn, eventually, PROJECT, request } from "../support.ts";

const id = () => env.LIVE.idFromName(liveName(PROJECT));
export const hub = () => env.LIVE.get(id());
const openSockets: WebSocket[] = [];

/** Each test of the file begins at the same moment, with nothing stored and nobody watching. */
export function eachWithWatchers(): void {
  eachOnItsOwn();
  afterEach(() => {
    for (const socket of openSockets.splice(0)) {
      try {
        socket.close();
      } catch {
        // It is closed.
      }
    }
  });
}

export interface Watch {
  socket: WebSocket;
  messages: LiveMessage[];
  closed: { code?: number };
  /** What it knows of each turn. */
  turns: () => Map<string, LiveTurn>;
  ack: () => void;
}

/** A watcher's request, at the hub; `ms`: until its token expires. */
export function connect(ms = 3_600_000): Promise<Response> {
  const terms = { project: PROJECT, until: Date.now() + ms, content: false };
  return hub().fetch(
    new Request("https://live.invalid/", {
      headers: { upgrade: "websocket", [WATCH_HEADER]: encodeURIComponent(JSON.stringify(terms)) },
    }),
  );
}

/** The socket of an answer, closed when the test is over. */
export function socketOf(response: Response): WebSocket {
  const socket = response.webSocket;
  if (socket === null) throw new Error(`no socket: ${response.status}`);
  openSockets.push(socket);
  return socket;
}

/** `ms`: until its token expires. */
export async function watch({ ms = 3_600_000, acks = true } = {}): Promise<Watch> {
  return listen(await connect(ms), acks);
}

export function listen(response: Response, acks: boolean): Watch {
  const socket = socketOf(response);
  const messages: LiveMessage[] = [];
  const closed: Watch["closed"] = {};
  const ack = (): void => socket.send(JSON.stringify({ ack: messages.at(-1)?.n ?? 0 }));
  socket.accept();
  socket.addEventListener("message", ({ data }) => {
    if (data === "pong") return;
    messages.push(JSON.parse(String(data)) as LiveMessage);
    // What comes after its end nobody acknowledges.
    if (acks && socket.readyState === WebSocket.OPEN) ack();
  });
  socket.addEventListener("close", ({ code }) => {
    closed.code = code;
  });
  const turns = (): Map<string, LiveTurn> => {
    const known = new Map<string, LiveTurn>();
    for (const message of messages) {
      if (message.type === "skipped") continue;
      for (const one of message.turns)
        known.set(one.traceId, mergeTurn(known.get(one.traceId), one));
    }
    return known;
  };
  return { socket, messages, closed, turns, ack };
}

export const until = (isSo: () => boolean): Promise<void> =>
  eventually(() => expect(isSo()).toBe(true));

/** A request of a page, as an edge that knows of a watcher passes it on. */
export const watched = (changes: readonly Change[], firstSeq = 1) => ({
  ...request(changes, firstSeq),
  watchedUntil: Date.now() + 30_000,
});
