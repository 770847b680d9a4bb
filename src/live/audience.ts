// The watchers of a hub: a WebSocket each, which outlasts the hub's hibernation with what is known of it. Sends what
// they have room for; what a watcher misses is told as it is once there is room again.
import { describeError, logEvent } from "../log.ts";
import {
  LIVE_CLOSED,
  type LiveMessage,
  type LiveTurn,
  MAX_WATCHER_MESSAGE_LENGTH,
  MAX_WATCHERS,
} from "../protocol/live.ts";
import type { WatchTerms } from "../protocol/live/calls.ts";
import { inParts } from "./parts.ts";
import type { TurnMemory } from "./turn-memory.ts";
import { Watcher, type WatcherState } from "./watcher.ts";

/** What has changed since the last message. */
export interface LiveNews {
  turns: readonly LiveTurn[];
  /** Tellings that they were gathered from. */
  changes: number;
  /** Changes that sessions did not tell. */
  untold: number;
}

export class Audience {
  readonly #memory: TurnMemory;
  readonly #watchers = new Map<WebSocket, Watcher>();

  /** @param sockets of those who watched before a hibernation */
  constructor(sockets: readonly WebSocket[], memory: TurnMemory) {
    this.#memory = memory;
    for (const socket of sockets) {
      const watcher = watcherOf(socket);
      if (watcher !== undefined) this.#watchers.set(socket, watcher);
    }
  }

  get size(): number {
    return this.#watchers.size;
  }

  /** When each one's token expires, epoch ms. */
  get untils(): number[] {
    return Array.from(this.#watchers.values(), ({ state }) => state.until);
  }

  /** Greets a watcher with all that is known; false where there is no room for one. */
  add(socket: WebSocket, terms: WatchTerms, now: number): boolean {
    if (this.#watchers.size >= MAX_WATCHERS) {
      sendAway(socket, LIVE_CLOSED.full, "too many watch already");
      return false;
    }
    const watcher = new Watcher({ ...terms, sent: 0, acked: 0, skipped: 0 });
    this.#watchers.set(socket, watcher);
    const { project, content, until } = terms;
    // A hello is sent whatever its length: nothing else is on its way yet.
    const [first = [], ...more] = inParts(this.#memory.all(now));
    for (const turns of [first, ...more]) {
      const n = watcher.next();
      send(socket, { type: "hello", n, v: 1, now, project, content, until, turns });
    }
    keep(socket, watcher);
    return true;
  }

  /** True where it was a watcher until now. */
  drop(socket: WebSocket): boolean {
    return this.#watchers.delete(socket);
  }

  /** A watcher's word; false where it was none of this protocol, and it was sent away. */
  hear(socket: WebSocket, message: string | ArrayBuffer, now: number): boolean {
    const watcher = this.#watchers.get(socket);
    if (watcher === undefined) return true;
    const ack = ackIn(message);
    if (ack === undefined || !watcher.acknowledge(ack)) {
      this.drop(socket);
      sendAway(socket, LIVE_CLOSED.invalid, "not a message of this protocol");
      return false;
    }
    if (watcher.mayCatchUp) this.#catchUp(socket, watcher, now);
    keep(socket, watcher);
    return true;
  }

  /** Sends away those whose tokens have expired; returns how many. */
  expire(now: number): number {
    const expired = [...this.#watchers].filter(([, { state }]) => state.until <= now);
    for (const [socket] of expired) {
      this.drop(socket);
      sendAway(socket, LIVE_CLOSED.expired, "the token has expired");
    }
    return expired.length;
  }

  /** Sends what has changed to everybody who keeps up. */
  tell({ turns, changes, untold }: LiveNews, now: number): void {
    for (const [socket, watcher] of this.#watchers) {
      if (untold > 0) watcher.skip([], untold);
      if (watcher.mayCatchUp) this.#catchUp(socket, watcher, now);
      // What is behind is told in its turn: the newest of a turn must not stand before what is older.
      if (!watcher.hasRoom || watcher.isBehind) {
        watcher.skip(
          turns.map(({ traceId }) => traceId),
          changes,
        );
      } else sendTurns(socket, watcher, turns, now);
      keep(socket, watcher);
    }
  }

  #catchUp(socket: WebSocket, watcher: Watcher, now: number): void {
    const { skipped, traces } = watcher.catchUp();
    if (skipped > 0) send(socket, { type: "skipped", n: watcher.next(), now, changes: skipped });
    const turns = traces.map((trace) => this.#memory.get(trace));
    const known = turns.filter((turn) => turn !== undefined);
    sendTurns(socket, watcher, known, now, true);
  }
}

/** @param counted whether they were told of as skipped before */
function sendTurns(
  socket: WebSocket,
  watcher: Watcher,
  turns: readonly LiveTurn[],
  now: number,
  counted = false,
): void {
  for (const part of inParts(turns)) {
    if (watcher.hasRoom) send(socket, { type: "turns", n: watcher.next(), now, turns: part });
    else
      watcher.skip(
        part.map(({ traceId }) => traceId),
        counted ? 0 : part.length,
      );
  }
}

function send(socket: WebSocket, message: LiveMessage): void {
  try {
    socket.send(JSON.stringify(message));
  } catch (error) {
    // It is closing: its close event follows.
    logEvent("debug", "live_send", { error: describeError(error) });
  }
}

function keep(socket: WebSocket, { state }: Watcher): void {
  socket.serializeAttachment(state);
}

/** Its socket is there until the other end has closed it, too: it must be no watcher to those who wake up meanwhile. */
function sendAway(socket: WebSocket, code: number, reason: string): void {
  socket.serializeAttachment(null);
  socket.close(code, reason);
}

/** Undefined for one that was sent away. */
function watcherOf(socket: WebSocket): Watcher | undefined {
  const state = socket.deserializeAttachment() as WatcherState | null;
  return state === null ? undefined : new Watcher(state);
}

/** The number that a watcher acknowledges; undefined where it says something else. */
function ackIn(message: string | ArrayBuffer): number | undefined {
  if (typeof message !== "string" || message.length > MAX_WATCHER_MESSAGE_LENGTH) return undefined;
  try {
    const value: unknown = JSON.parse(message);
    if (typeof value !== "object" || value === null || !("ack" in value)) return undefined;
    return typeof value.ack === "number" ? value.ack : undefined;
  } catch {
    return undefined;
  }
}
