// One of a project's Durable Objects for figures; most projects have one. It is told by the consumer, after the fact
// and in batches, and asked by whoever watches: nothing that is accepted or delivered waits for it. It holds names,
// numbers, and the words of errors; no payload and no key.
import { DurableObject } from "cloudflare:workers";
import { emptyAnswer } from "../figures/read/answer.ts";
import { DAY_MS } from "../figures/read/query.ts";
import type { FiguresAnswer } from "../protocol/figures/figures-answer.ts";
import type {
  FiguresBatch,
  FiguresCalls,
  FiguresQuery,
  TellAnswer,
} from "../protocol/figures/figures-calls.ts";
import { logEvent } from "../log.ts";
import { Load } from "./load.ts";
import { MetricsStore } from "./metrics-store.ts";

/** Where the number of objects stands, as far as this one asked for more. */
const SHARDS = "shards";
/** Where it stands when its figures were read, epoch ms: an object sleeps between two tellings. */
const READ = "read";
/** Noted once in so long, a row each. */
const NOTE_READ_MS = 60_000;
/** A dashboard asks every few seconds; who looks away for longer has no need of the newest figures. */
const READ_LATELY_MS = 150_000;

export class ProjectMetrics extends DurableObject implements FiguresCalls {
  readonly #store = new MetricsStore(this.ctx.storage);
  readonly #load = new Load();
  /** An alarm is set, or was looked for. */
  #armed = false;

  async tell(batch: FiguresBatch): Promise<TellAnswer> {
    const now = Date.now();
    this.#store.tell(batch, now);
    await this.#arm(now);
    return { shards: this.#shards(batch.figures.length, now), isRead: this.#isRead(now) };
  }

  async figures(query: FiguresQuery): Promise<FiguresAnswer> {
    this.#noteRead(Date.now());
    return { ...emptyAnswer(), ...this.#store.read(query), shards: this.#stored() };
  }

  async totals(): Promise<FiguresAnswer> {
    return { ...this.#store.totals(), shards: this.#stored() };
  }

  /** Once a day: of a project that tells no more, the figures go with time. */
  override async alarm(): Promise<void> {
    this.#armed = false;
    const now = Date.now();
    try {
      if (!this.#store.tidy(now)) {
        this.ctx.storage.kv.delete(READ);
        return;
      }
    } catch (error) {
      logEvent("warn", "figures_not_tidied", { error: String(error) });
    }
    await this.#arm(now);
  }

  #shards(turns: number, now: number): number {
    const before = this.#stored();
    const shards = this.#load.shardsFor(turns, now, before);
    if (shards !== before) this.ctx.storage.kv.put(SHARDS, shards);
    return shards;
  }

  #isRead(now: number): boolean {
    const at = this.ctx.storage.kv.get<number>(READ) ?? 0;
    return now - at < READ_LATELY_MS && at <= now;
  }

  #noteRead(now: number): void {
    const { kv } = this.ctx.storage;
    const at = kv.get<number>(READ) ?? 0;
    if (now - at >= NOTE_READ_MS || at > now) kv.put(READ, now);
  }

  #stored(): number {
    return this.ctx.storage.kv.get<number>(SHARDS) ?? 1;
  }

  async #arm(now: number): Promise<void> {
    if (this.#armed) return;
    this.#armed = true;
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(now + DAY_MS);
  }
}
