// What is stored beside the slices: since when there are any, which hours are made, and the sums of those.
// Written with each hour that is made, and read once an instance.
import type { Totals } from "../figures/read/totals.ts";

type Kv = Pick<SyncKvStorage, "get" | "put">;

const KEY = "closed";

export interface Closed {
  v: 1;
  /** When something was told first, epoch ms. */
  since: number;
  /** Hours before this one are made, epoch ms. */
  until: number;
  /** The sums of all of them since the beginning. */
  totals: Totals;
}

export class StoredClosed {
  readonly #kv: Kv;
  #closed: Closed | undefined;

  constructor(kv: Kv) {
    this.#kv = kv;
  }

  /** Undefined where nothing was ever told. */
  read(): Closed | undefined {
    const text = this.#closed === undefined ? this.#kv.get<string>(KEY) : undefined;
    if (text !== undefined) this.#closed = JSON.parse(text) as Closed;
    return this.#closed;
  }

  put(closed: Closed): void {
    this.#closed = closed;
    this.#kv.put(KEY, JSON.stringify(closed));
  }

  /** After a transaction that was rolled back. */
  forgetCached(): void {
    this.#closed = undefined;
  }
}
