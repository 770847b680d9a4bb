// The live hub of one project: what its watchers are told of, and until when sessions are to tell it. They do while
// somebody watches, and nothing waits for it. With nobody watching it holds and stores nothing. Who may watch was
// judged before a socket came here.
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../bindings.ts";
import { objectsOf } from "../objects.ts";
import { ledgerName } from "../protocol/books/ledger-name.ts";
import { LIVE_PROTOCOL, type LiveTurn } from "../protocol/live.ts";
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
import { announce } from "./announce.ts";
import { Audience } from "./audience.ts";
import { Pace } from "./pace.ts";
import { shownTurn } from "./shown-turn.ts";
import { TurnMemory } from "./turn-memory.ts";

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
  readonly #audience = new Audience(this.ctx.getWebSockets(), this.#memory);
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
    const stored = ctx.storage.kv.get<string>(TURNS_KEY);
    if (stored !== undefined) {
      this.#memory.read(stored);
      if (this.#audience.size === 0) this.#backUntil = Date.now() + BACK_WITHIN_MS;
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
    const now = Date.now();
    // Where nobody came back in time, what was told before is over.
    const { watchedUntil } = this.#state(now);
    if (!this.#audience.add(server, terms, now)) return response;
    if (watchedUntil === 0) this.#announce(terms.project, now);
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
    const { content } = settingsOf(this.env).dashboard;
    for (const told of turns) {
      const turn = content ? told : shownTurn(told);
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
    if (!this.#audience.hear(socket, message, Date.now())) this.#left();
  }

  override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
    if (this.#audience.drop(socket)) this.#left(code === ABNORMAL);
    await this.#arm();
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    if (this.#audience.drop(socket)) this.#left(true);
    await this.#arm();
  }

  override async alarm(): Promise<void> {
    const now = Date.now();
    if (this.#audience.expire(now) > 0) this.#left();
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
    return this.#audience.size > 0 || now < this.#backUntil;
  }

  /** For those whose turns go on already. Not waited for. */
  #announce(project: string, now: number): void {
    const { storage } = settingsOf(this.env);
    const shell = {
      ledger: objectsOf(this.env.HEALTH, storage).byName(ledgerName(project)),
      session: objectsOf(this.env.SESSION, storage).byId,
    };
    this.ctx.waitUntil(announce(shell, now + WATCH_LEASE_MS, now));
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
    this.#audience.tell({ turns, changes, untold }, Date.now());
  }

  #store(now: number): void {
    clearTimeout(this.#storing);
    this.#storing = undefined;
    this.#storedAt = now;
    this.ctx.storage.kv.put(TURNS_KEY, this.#memory.write());
  }

  /** @param lost the connection of the one who left broke: it comes back by itself */
  #left(lost = false): void {
    if (this.#audience.size > 0) return;
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
    const { untils } = this.#audience;
    const codes = Array.from(this.ctx.storage.kv.list<number>({ prefix: CODES }), ([, at]) => at);
    const back = this.#backUntil > now ? [this.#backUntil] : [];
    if (untils.length + codes.length + back.length === 0) return;
    const due = Math.min(...untils, ...codes, ...back, now + CLEAR_AFTER_MS);
    const armed = await this.ctx.storage.getAlarm();
    if (armed === null || armed > due || armed < now)
      await this.ctx.storage.setAlarm(Math.max(due, now + 1));
  }
}
