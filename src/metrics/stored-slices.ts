// Slices in an object's storage: a text each, under a key that has its time, in pieces where it is longer than a row
// may be. The latest ones stay in memory as they are, since each call adds to the same one or two.
import { emptySlice } from "../figures/cells/slice.ts";
import type { TimedSlice } from "../figures/read/answer.ts";
import type { Slice } from "../protocol/figures/cells.ts";
import { putPieces } from "./pieces.ts";

type Kv = Pick<SyncKvStorage, "get" | "put" | "delete" | "list">;

/** Slices in memory: the minutes in which turns end now, and the hour behind them. */
const MAX_CACHED = 4;

/** A slice, and the batches that it has counted last. */
export interface StoredSlice extends Slice {
  v: 1;
  batches: string[];
}

export class StoredSlices {
  readonly #kv: Kv;
  readonly #prefix: string;
  readonly #cache = new Map<number, StoredSlice>();

  /** @param prefix no other key begins with it */
  constructor(kv: Kv, prefix: string) {
    this.#kv = kv;
    this.#prefix = prefix;
  }

  /** The slice of this time, to be added to and put; a new one where there is none. */
  at(time: number): StoredSlice {
    const cached = this.#cache.get(time) ?? this.#read(time);
    this.#cache.delete(time);
    this.#cache.set(time, cached);
    const [oldest] = this.#cache.keys();
    if (this.#cache.size > MAX_CACHED && oldest !== undefined) this.#cache.delete(oldest);
    return cached;
  }

  put(time: number, slice: StoredSlice): void {
    putPieces(this.#kv, (n) => this.#key(time, n), JSON.stringify(slice));
  }

  /** Of this range, in the order of time. */
  *between(from: number, to: number): Generator<TimedSlice> {
    let time = -1;
    let pieces: string[] = [];
    for (const [key, piece] of this.#rows(from, to)) {
      const { at, n } = this.#placeOf(key);
      if (at !== time && pieces.length > 0) {
        yield { at: time, slice: parsed(pieces) };
        pieces = [];
      }
      // By their numbers: of the keys, 10 comes before 2.
      pieces[n] = piece;
      time = at;
    }
    if (pieces.length > 0) yield { at: time, slice: parsed(pieces) };
  }

  hasAny(): boolean {
    return !this.#rows(0, Number.MAX_SAFE_INTEGER).next().done;
  }

  deleteBefore(time: number): void {
    const old = Array.from(this.#rows(0, time), ([key]) => key);
    for (const key of old) this.#kv.delete(key);
  }

  /** Memory may be ahead of the rows. */
  forgetCached(): void {
    this.#cache.clear();
  }

  #read(time: number): StoredSlice {
    const [found] = this.between(time, time + 1);
    return found === undefined
      ? { v: 1, batches: [], ...emptySlice() }
      : (found.slice as StoredSlice);
  }

  *#rows(from: number, to: number): Generator<[string, string]> {
    const range = { prefix: this.#prefix, start: this.#key(from), end: this.#key(to) };
    if (from < to) yield* this.#kv.list<string>(range);
  }

  #key(time: number, piece?: number): string {
    const place = this.#prefix + String(Math.max(0, time)).padStart(16, "0");
    return piece === undefined ? place : `${place}/${piece}`;
  }

  #placeOf(key: string): { at: number; n: number } {
    const [at, n] = key.slice(this.#prefix.length).split("/").map(Number);
    return { at: at ?? 0, n: n ?? 0 };
  }
}

/** What an earlier version did not know of is empty. */
function parsed(pieces: readonly string[]): StoredSlice {
  const stored = JSON.parse(pieces.join("")) as Partial<StoredSlice>;
  return { v: 1, batches: [], ...emptySlice(), ...stored };
}
