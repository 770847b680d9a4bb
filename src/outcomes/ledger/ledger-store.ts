// The ledger's storage: one row for each call that tells something, in a ring, so that nothing is deleted; a row
// a minute for the figures over time; a row for each object with dead letters. The object's memory is what the
// rows say: a cold start reads the ring once.
import { addFigures, type Figures, isNone } from "../../protocol/books/figures.ts";
import type { Bucket, DeadLetterList, NamedReport } from "../../protocol/books/ledger-calls.ts";
import {
  addToChunk,
  type Chunk,
  DAY_MS,
  flowOf,
  HOUR_MS,
  HOURS_KEPT_MS,
  MINUTE_MS,
  MINUTES_KEPT_MS,
  startOf,
  sumOfChunk,
} from "./buckets.ts";
import {
  applyReport,
  emptyLedger,
  forgetSource,
  type LedgerState,
  type Source,
} from "./ledger-state.ts";

/**
 * Calls whose sources are remembered: where ten consumers tell something each second, for longer than the minute in
 * which one that died is followed by another, which tells the same.
 */
export const RING = 1_024;

/** What one call told, and all that was known after it. */
interface Told {
  number: number;
  /** When the ledger was first told anything, epoch ms. */
  since: number;
  totals: Figures;
  forgottenBefore: number;
  /** The minute of the latest figures, epoch ms, and these. */
  minute: number;
  flow: Figures;
  sources: [name: string, source: Source][];
}

const NOTHING: Told = {
  number: 0,
  since: 0,
  totals: {},
  forgottenBefore: 0,
  minute: 0,
  flow: {},
  sources: [],
};

const TOLD = "told/";
const MINUTES = "minutes/";
const HOURS = "hours/";
const LETTERS = "letters/";

type Storage = Pick<DurableObjectStorage, "kv" | "transactionSync">;

export class LedgerStore {
  readonly #storage: Storage;
  #loaded: { last: Told; state: LedgerState } | undefined;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  get since(): number {
    return this.#load().last.since;
  }

  get state(): LedgerState {
    return this.#load().state;
  }

  /** Counts reports, all of them or none. */
  take(reports: readonly NamedReport[], now: number): void {
    const { last, state } = this.#load();
    try {
      this.#storage.transactionSync(() => this.#take(reports, last, state, now));
    } catch (error) {
      // Memory may be ahead of the rows.
      this.#loaded = undefined;
      throw error;
    }
  }

  /** Buckets of the minutes from then on, in order. */
  minutesFrom(from: number): Bucket[] {
    const { minute, flow } = this.#load().last;
    const chunks = this.#chunks(MINUTES, startOf(from, HOUR_MS));
    return addToChunk(chunks.flat(), minute, flow).filter(({ at }) => at >= from);
  }

  /** Buckets of the hours from then on, in order; the hour of now is as far as it is. */
  hoursFrom(from: number): Bucket[] {
    const { minute } = this.#load().last;
    const past = this.#chunks(HOURS, startOf(from, DAY_MS)).flat();
    const hour = startOf(minute, HOUR_MS);
    const current = sumOfChunk(this.minutesFrom(hour));
    return addToChunk(past, hour, current).filter(({ at }) => at >= from);
  }

  letters(): Map<string, DeadLetterList["letters"]> {
    const all = this.#storage.kv.list<DeadLetterList["letters"]>({ prefix: LETTERS });
    return new Map(Array.from(all, ([key, letters]) => [key.slice(LETTERS.length), letters]));
  }

  putLetters({ object, letters }: DeadLetterList): void {
    const { kv } = this.#storage;
    if (letters.length > 0) kv.put(LETTERS + object, letters);
    else kv.delete(LETTERS + object);
  }

  #take(reports: readonly NamedReport[], last: Told, state: LedgerState, now: number): void {
    let added: Figures = {};
    const named = new Set<string>();
    for (const report of reports) {
      const news = applyReport(state, report);
      added = addFigures(added, news);
      if (state.sources.has(report.source)) named.add(report.source);
    }
    const number = last.number + 1;
    for (const name of this.#replaced(number, state)) named.add(name);
    const minute = Math.max(last.minute, startOf(now, MINUTE_MS));
    const isSame = minute === last.minute;
    if (!isSame) this.#closeMinute(last, minute);
    const flow = flowOf(added);
    const told: Told = {
      number,
      since: last.since || now,
      totals: state.totals,
      forgottenBefore: state.forgottenBefore,
      minute,
      flow: isSame ? addFigures(last.flow, flow) : flow,
      sources: Array.from(named).flatMap((name): Told["sources"] => {
        const source = state.sources.get(name);
        return source === undefined ? [] : [[name, source]];
      }),
    };
    this.#storage.kv.put(keyOf(number), told);
    this.#loaded = { last: told, state };
  }

  /** The row that is written over: sources that it alone remembers are forgotten, unless they wait. */
  #replaced(number: number, state: LedgerState): string[] {
    const old = this.#storage.kv.get<Told>(keyOf(number));
    const waiting: string[] = [];
    for (const [name, { at }] of old?.sources ?? []) {
      const source = state.sources.get(name);
      if (source === undefined || source.at !== at) continue;
      if (source.pendingSince === undefined) forgetSource(state, name);
      else waiting.push(name);
    }
    return waiting;
  }

  #closeMinute({ minute, flow }: Told, next: number): void {
    const hour = startOf(minute, HOUR_MS);
    const key = keyAt(MINUTES, hour);
    const { kv } = this.#storage;
    const minutes = addToChunk(kv.get<Chunk>(key) ?? [], minute, flow);
    if (!isNone(flow)) kv.put(key, minutes);
    // Also where nothing happened in the hour's last minute.
    if (startOf(next, HOUR_MS) !== hour && minutes.length > 0) {
      this.#closeHour(hour, minutes, next);
    }
  }

  #closeHour(hour: number, minutes: Chunk, next: number): void {
    const { kv } = this.#storage;
    const key = keyAt(HOURS, startOf(hour, DAY_MS));
    kv.put(key, addToChunk(kv.get<Chunk>(key) ?? [], hour, sumOfChunk(minutes)));
    this.#prune(MINUTES, next - MINUTES_KEPT_MS - HOUR_MS);
    this.#prune(HOURS, next - HOURS_KEPT_MS - DAY_MS);
  }

  #prune(prefix: string, before: number): void {
    const { kv } = this.#storage;
    const old = Array.from(
      kv.list({ prefix, end: keyAt(prefix, Math.max(0, before)) }),
      ([key]) => key,
    );
    for (const key of old) kv.delete(key);
  }

  #chunks(prefix: string, from: number): Chunk[] {
    const rows = this.#storage.kv.list<Chunk>({ prefix, start: keyAt(prefix, Math.max(0, from)) });
    return Array.from(rows, ([, chunk]) => chunk);
  }

  #load(): { last: Told; state: LedgerState } {
    return (this.#loaded ??= this.#read());
  }

  #read(): { last: Told; state: LedgerState } {
    const rows = Array.from(this.#storage.kv.list<Told>({ prefix: TOLD }), ([, told]) => told);
    rows.sort((a, b) => a.number - b.number);
    const last = rows.at(-1) ?? NOTHING;
    const state = emptyLedger();
    state.totals = last.totals;
    state.forgottenBefore = last.forgottenBefore;
    for (const { sources } of rows) {
      for (const [name, source] of sources) {
        state.sources.delete(name);
        state.sources.set(name, source);
      }
    }
    return { last, state };
  }
}

function keyOf(number: number): string {
  return TOLD + String(number % RING).padStart(4, "0");
}

function keyAt(prefix: string, at: number): string {
  return prefix + String(at).padStart(14, "0");
}
