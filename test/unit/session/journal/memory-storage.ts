// A session's storage in memory, as the platform's behaves: synchronous, with transactions that roll
// back, and keys in order. It can be told to fail at any write, or at the next read.
import { SessionClock } from "../../../../src/session/deadlines/session-clock.ts";
import type { ClockStep } from "../../../../src/session/deadlines/session-time.ts";
import type { JournalStorage } from "../../../../src/session/journal/journal.ts";

export class MemoryStorage implements JournalStorage {
  #stored = new Map<string, unknown>();
  /** Writes so far. */
  writes = 0;
  /** The write that fails, counted from the first one. */
  failsAt: number | undefined;
  /** The next read fails, after so many values. */
  readFailsAfter: number | undefined;

  readonly kv: JournalStorage["kv"] = {
    list: <T>({ prefix = "", limit = Number.POSITIVE_INFINITY }: SyncKvListOptions = {}) =>
      this.#read<T>(prefix, limit),
    put: (key, value) => {
      this.#written();
      this.#stored.set(key, value);
    },
    delete: (key) => {
      this.#written();
      return this.#stored.delete(key);
    },
  };

  transactionSync<T>(closure: () => T): T {
    const before = new Map(this.#stored);
    try {
      return closure();
    } catch (error) {
      this.#stored = before;
      throw error;
    }
  }

  /** The clock of a session over this storage. */
  clock(now: () => number): SessionClock {
    return new SessionClock({
      clock: now,
      noted: () => this.#stored.get("clock") as ClockStep | undefined,
      note: (step) => this.kv.put("clock", step),
    });
  }

  deleteAll(): void {
    this.#written();
    this.#stored.clear();
  }

  keys(): string[] {
    return [...this.#stored.keys()].toSorted();
  }

  *#read<T>(prefix: string, limit: number): Iterable<[string, T]> {
    const keys = this.keys().filter((one) => one.startsWith(prefix));
    for (const key of keys.slice(0, limit)) {
      if (this.readFailsAfter === 0) {
        this.readFailsAfter = undefined;
        throw new Error("internal error; reference = 0");
      }
      if (this.readFailsAfter !== undefined) this.readFailsAfter -= 1;
      yield [key, this.#stored.get(key) as T];
    }
  }

  #written(): void {
    this.writes += 1;
    if (this.writes === this.failsAt) throw new Error("the storage failed");
  }
}
