// The live hub of one project: its watchers' WebSockets, and the turns that they are told of. Sessions tell it while
// somebody watches, and nothing waits for it. With nobody watching it holds and stores nothing. Who may watch was
// judged before a socket came here.
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../bindings.ts";
import { describeError, logEvent } from "../log.ts";
import {
  LIVE_CLOSED,
  LIVE_PROTOCOL,
  type LiveMessage,
  type LiveTurn,
  MAX_WATCHER_MESSAGE_LENGTH,
  MAX_WATCHERS,
} from "../protocol/live.ts";
import {
  type LiveCalls,
  type TellAnswer,
  WATCH_HEADER,
  WATCH_LEASE_MS,
  type WatchState,
  type WatchTerms,
} from "../protocol/live/calls.ts";
import { mergeTurn } from "../protocol/live/merge.ts";
import { settingsOf } from "../settings/index.ts";
import { inParts } from "./parts.ts";
import { Pace } from "./pace.ts";
import { TurnMemory } from "./turn-memory.ts";
import { Watcher, type WatcherState } from "./watcher.ts";

/** Changes are gathered so long before they are sent: only while somebody watches, so a timer may run. */
const GATHER_MS = 100;
/** What is remembered is stored at most this often, so that an eviction costs a watcher little. */
const STORE_INTERVAL_MS = 1_000;
/** The close code of a connection that broke. */
const ABNORMAL = 1006;
/** A deploy takes the sockets away without a word; pages are back within this, and what is told meanwhile is theirs. */
const BACK_WITHIN_MS = 30_000;
/** Nobody said goodbye, and nobody is there: what was stored goes then. */
const CLEAR_AFTER_MS = 60 * 60_000;
const TURNS_KEY = "turns";
const CODES = "code/";

export class LiveHub extends DurableObject<Env> implements LiveCalls {
  readonly #memory = new TurnMemory();
  readonly #watchers = new Map<WebSocket, Watcher>();
  readonly #pace = new Pace();
  /** Changes since the last message, by trace. */
  readonly #changed = new Map<string, LiveTurn>();
  #changes = 0;
  #untold = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #storedAt = 0;
  /** What came since then is stored, too. */
  #storing: ReturnType<typeof setTimeout> | undefined;
  /** Watchers that a deploy has cut off are waited for until then, epoch ms. */
  #backUntil = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    settingsOf(env);
    for (const socket of ctx.getWebSockets()) {
      const watcher = watcherOf(socket);
      if (watcher !== undefined) this.#watchers.set(socket, watcher);
    }
    const stored = ctx.storage.kv.get<string>(TURNS_KEY);
    if (stored !== undefined) {
      this.#memory.read(stored);
      if (this.#watchers.size === 0) this.#backUntil = Date.now() + BACK_WITHIN_MS;
    }
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  override async fetch(request: Request): Promise<Response> {
    const header = request.headers.get(WATCH_HEADER) ?? "";
    const terms = JSON.parse(decodeURIComponent(header)) as WatchTerms;
    const { 0: client, 1: server } = new WebSocketPair();
    const response = new Response(null, {
      status: 101,
      webSocket: client,
      headers: { "sec-websocket-protocol": LIVE_PROTOCOL },
    });
    this.ctx.acceptWebSocket(server);
    if (this.#watchers.size >= MAX_WATCHERS) {
      sendAway(server, LIVE_CLOSED.full, "too many watch already");
      return response;
    }
    // Where nobody came back in time, what was told before is over.
    this.#state(Date.now());
    const watcher = new Watcher({ ...terms, sent: 0, acked: 0, skipped: 0 });
    this.#watchers.set(server, watcher);
    this.#greet(server, watcher, Date.now());
    await this.#arm();
    return response;
  }

  async watched(): Promise<WatchState> {
    return this.#state(Date.now());
  }

  async tell(turns: LiveTurn[], skipped: number): Promise<TellAnswer> {
    const now = Date.now();
    const state = this.#state(now);
    if (state.watchedUntil === 0) return { ...state, quietMs: 0 };
    for (const turn of turns) {
      this.#memory.take(turn, now);
      this.#changed.set(turn.traceId, mergeTurn(this.#changed.get(turn.traceId), turn));
    }
    this.#changes += turns.length;
    this.#untold += skipped;
    this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS);
    const storeAfterMs = Math.max(0, this.#storedAt + STORE_INTERVAL_MS - now);
    if (storeAfterMs === 0 || this.#storedAt > now) this.#store(now);
    else this.#storing ??= setTimeout(() => this.#store(Date.now()), storeAfterMs);
    return { ...state, quietMs: this.#pace.called(now) };
  }

  async redeem(code: string, until: number): Promise<boolean> {
    const { kv } = this.ctx.storage;
    if (kv.get(CODES + code) !== undefined) return false;
    kv.put(CODES + code, until);
    await this.#arm();
    return true;
  }

  async forgetSession(sessionId: string): Promise<void> {
    this.#memory.forgetSession(sessionId);
    for (const [trace, turn] of this.#changed) {
      if (turn.sessionId === sessionId) this.#changed.delete(trace);
    }
    if (this.#isFor(Date.now())) this.ctx.storage.kv.put(TURNS_KEY, this.#memory.write());
  }

  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    const watcher = this.#watchers.get(socket);
    if (watcher === undefined) return;
    const ack = ackIn(message);
    if (ack === undefined || !watcher.acknowledge(ack)) {
      this.#leave(socket);
      sendAway(socket, LIVE_CLOSED.invalid, "not a message of this protocol");
      return;
    }
    if (watcher.mayCatchUp) this.#catchUp(socket, watcher, Date.now());
    remember(socket, watcher);
  }

  override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
    this.#leave(socket, code === ABNORMAL);
    await this.#arm();
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    this.#leave(socket, true);
    await this.#arm();
  }

  override async alarm(): Promise<void> {
    const now = Date.now();
    for (const [socket, { state }] of this.#watchers) {
      if (state.until > now) continue;
      this.#leave(socket);
      sendAway(socket, LIVE_CLOSED.expired, "the token has expired");
    }
    const { kv } = this.ctx.storage;
    const codes = Array.from(kv.list<number>({ prefix: CODES }));
    for (const [key, until] of codes) if (until <= now) kv.delete(key);
    if (!this.#isFor(now)) this.#clear();
    await this.#arm();
  }

  #state(now: number): WatchState {
    if (this.#isFor(now)) return { watchedUntil: now + WATCH_LEASE_MS };
    if (this.#backUntil > 0) this.#clear();
    return { watchedUntil: 0 };
  }

  /** Somebody watches, or is about to come back. */
  #isFor(now: number): boolean {
    return this.#watchers.size > 0 || now < this.#backUntil;
  }

  #greet(socket: WebSocket, watcher: Watcher, now: number): void {
    const turns = this.#memory.all(now);
    const { project, content, until } = watcher.state;
    // A hello is sent whatever its length: nothing else is on its way yet.
    const [first = [], ...more] = inParts(turns);
    for (const part of [first, ...more]) {
      const n = watcher.next();
      send(socket, { type: "hello", n, v: 1, now, project, content, until, turns: part });
    }
    remember(socket, watcher);
  }

  /** Sends what has changed to everybody who keeps up. */
  #flush(): void {
    this.#timer = undefined;
    const turns = [...this.#changed.values()];
    const changes = this.#changes;
    const untold = this.#untold;
    this.#changed.clear();
    this.#changes = 0;
    this.#untold = 0;
    const now = Date.now();
    for (const [socket, watcher] of this.#watchers) {
      if (untold > 0) watcher.skip([], untold);
      if (watcher.mayCatchUp) this.#catchUp(socket, watcher, now);
      // What is behind is told in its turn: the newest of a turn must not stand before what is older.
      if (!watcher.hasRoom || watcher.isBehind) {
        watcher.skip(
          turns.map(({ traceId }) => traceId),
          changes,
        );
      } else this.#sendTurns(socket, watcher, turns, now);
      remember(socket, watcher);
    }
  }

  #catchUp(socket: WebSocket, watcher: Watcher, now: number): void {
    const { skipped, traces } = watcher.catchUp();
    if (skipped > 0) send(socket, { type: "skipped", n: watcher.next(), now, changes: skipped });
    const turns = traces.map((trace) => this.#memory.get(trace));
    this.#sendTurns(
      socket,
      watcher,
      turns.filter((turn) => turn !== undefined),
      now,
      true,
    );
  }

  /** @param counted whether they were told of as skipped before */
  #sendTurns(
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

  #store(now: number): void {
    clearTimeout(this.#storing);
    this.#storing = undefined;
    this.#storedAt = now;
    this.ctx.storage.kv.put(TURNS_KEY, this.#memory.write());
  }

  /** @param lost its connection broke: it comes back by itself */
  #leave(socket: WebSocket, lost = false): void {
    if (!this.#watchers.delete(socket) || this.#watchers.size > 0) return;
    if (lost) this.#backUntil = Date.now() + BACK_WITHIN_MS;
    else this.#clear();
  }

  /** Nobody watches: nothing stays. */
  #clear(): void {
    this.#memory.clear();
    this.#changed.clear();
    this.#changes = 0;
    this.#untold = 0;
    clearTimeout(this.#timer);
    clearTimeout(this.#storing);
    this.#timer = this.#storing = undefined;
    const { kv } = this.ctx.storage;
    if (kv.get(TURNS_KEY) !== undefined) kv.delete(TURNS_KEY);
    this.#storedAt = 0;
    this.#backUntil = 0;
  }

  /** For the first token that expires, and for what is stored. */
  async #arm(): Promise<void> {
    const now = Date.now();
    const untils = Array.from(this.#watchers.values(), ({ state }) => state.until);
    const codes = Array.from(this.ctx.storage.kv.list<number>({ prefix: CODES }), ([, at]) => at);
    const back = this.#backUntil > now ? [this.#backUntil] : [];
    if (untils.length + codes.length + back.length === 0) return;
    const due = Math.min(...untils, ...codes, ...back, now + CLEAR_AFTER_MS);
    const armed = await this.ctx.storage.getAlarm();
    if (armed === null || armed > due || armed < now)
      await this.ctx.storage.setAlarm(Math.max(due, now + 1));
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

function remember(socket: WebSocket, { state }: Watcher): void {
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
