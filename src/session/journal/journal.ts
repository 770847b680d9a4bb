// The only room that touches a session's storage. A journal is lines of text, kept as chunks of one
// key each: appending rewrites the last chunk, which is one row, whatever the session's length.
// All calls are synchronous: writes between two awaits commit together, and answers wait for them.
// Invariant: a call that throws has changed nothing, neither storage nor what this object knows of it.
import { FIRST_VERSION, migrate } from "./migrations.ts";

/** A chunk that has reached this length (UTF-16 units) is left alone: an append costs O(request). */
const CHUNK_LENGTH = 64 * 1024;
/** Longest value in one row, in UTF-16 units: two bytes each stay under the row limit of 2 MB. */
const ROW_LENGTH = 900_000;
const PREFIX = "journal/";
/** Where a journal lies that could not be read, for somebody to look at. */
const UNREADABLE_PREFIX = "unreadable/";
/** Most chunks of it that are kept: more than the longest journal has of full length. */
const MAX_UNREADABLE_CHUNKS = 256;
/** At most. */
const HEAD_LENGTH = 10;

const keyOf = (index: number): string => `${PREFIX}${String(index).padStart(8, "0")}`;

/** The part of an object's storage that a journal needs. */
export interface JournalStorage {
  kv: Pick<SyncKvStorage, "list" | "put" | "delete">;
  transactionSync<T>(closure: () => T): T;
}

/** The stored chunks, as this instance knows them. */
interface Extent {
  /** Index of the last chunk; -1 where there is none. */
  last: number;
  /** Text of the last chunk. */
  tail: string;
  /** Length of the whole journal, in UTF-16 units. */
  length: number;
  /** The format that its first line names: what is appended is taken for the same. */
  format: number;
}
const NOTHING: Readonly<Extent> = { last: -1, tail: "", length: 0, format: FIRST_VERSION };

export class Journal {
  readonly #storage: JournalStorage;
  #extent: Extent = { ...NOTHING };

  constructor(storage: JournalStorage) {
    this.#storage = storage;
  }

  get length(): number {
    return this.#extent.length;
  }

  /** Of one that is empty, the first: it has none yet. */
  get format(): number {
    return this.#extent.format;
  }

  /** The chunks as they are stored, oldest first. A storage that throws here says nothing of what it holds. */
  stored(): unknown[] {
    return Array.from(this.#storage.kv.list({ prefix: PREFIX }), ([, chunk]) => chunk);
  }

  /**
   * All lines, oldest first, in the current format.
   * @throws for chunks that are no journal's
   */
  read(chunks = this.stored()): string[] {
    const extent = { ...NOTHING };
    this.#extent = extent;
    const lines: string[] = [];
    let cut = "";
    for (const chunk of chunks) {
      if (typeof chunk !== "string") throw new TypeError("a journal of something other than text");
      extent.last += 1;
      extent.tail = chunk;
      extent.length += chunk.length;
      const parts = (cut + chunk).split("\n");
      cut = parts.pop() ?? "";
      for (const line of parts) lines.push(line);
    }
    const head = lines.shift();
    if (head === undefined) {
      if (extent.length > 0) throw new SyntaxError("a journal without a whole line");
      return [];
    }
    if (cut !== "") throw new SyntaxError("a journal that ends within a line");
    extent.format = Number(head);
    return migrate(Number(head), lines);
  }

  /** @param format of a journal that begins with these lines; at most that of one that is there */
  append(lines: readonly string[], format = FIRST_VERSION): void {
    const length = lines.reduce((sum, line) => sum + line.length + 1, HEAD_LENGTH);
    // A single row is written or not: half a line could never be read again.
    this.#wholly(length > ROW_LENGTH, () => this.#append(lines, format));
  }

  /** Replaces everything by these lines. */
  replace(lines: readonly string[], format = FIRST_VERSION): void {
    this.#wholly(true, () => {
      const before = this.#extent.last;
      this.#extent = { ...NOTHING };
      this.#append(lines, format);
      const { kv } = this.#storage;
      for (let index = this.#extent.last + 1; index <= before; index += 1) kv.delete(keyOf(index));
    });
  }

  /**
   * Moves a journal that can't be read out of the way, as it is, and begins one with these lines. What
   * was put aside before goes.
   */
  putAside(lines: readonly string[], format = FIRST_VERSION): void {
    const { kv } = this.#storage;
    this.#wholly(true, () => {
      this.#dropAside();
      const chunks = [...kv.list({ prefix: PREFIX })];
      for (const [index, [key, chunk]] of chunks.entries()) {
        if (index < MAX_UNREADABLE_CHUNKS) {
          kv.put(UNREADABLE_PREFIX + key.slice(PREFIX.length), chunk);
        }
        kv.delete(key);
      }
      this.#extent = { ...NOTHING };
      this.#append(lines, format);
    });
  }

  /** Length of what is stored, readable or not, in UTF-16 units. */
  storedLength(): number {
    return this.stored().reduce<number>(
      (length, chunk) => length + (typeof chunk === "string" ? chunk.length : 0),
      0,
    );
  }

  /** Whether a journal was put aside before. */
  hasAside(): boolean {
    return [...this.#storage.kv.list({ prefix: UNREADABLE_PREFIX, limit: 1 })].length > 0;
  }

  /** Forgets what was put aside. */
  dropAside(): void {
    this.#wholly(true, () => this.#dropAside());
  }

  #dropAside(): void {
    const { kv } = this.#storage;
    const keys = Array.from(kv.list({ prefix: UNREADABLE_PREFIX }), ([key]) => key);
    for (const key of keys) kv.delete(key);
  }

  #append(lines: readonly string[], format: number): void {
    const isFirst = this.#extent.last < 0;
    if (isFirst) this.#extent.format = format;
    const head = isFirst ? `${format}\n` : "";
    this.#write(head + lines.map((line) => `${line}\n`).join(""));
  }

  #write(text: string): void {
    const extent = this.#extent;
    extent.length += text.length;
    if (extent.last >= 0 && extent.tail.length + text.length <= CHUNK_LENGTH) {
      extent.tail += text;
      this.#put();
      return;
    }
    for (let rest = text; rest !== ""; rest = rest.slice(ROW_LENGTH)) {
      extent.last += 1;
      extent.tail = rest.slice(0, ROW_LENGTH);
      this.#put();
    }
  }

  #put(): void {
    this.#storage.kv.put(keyOf(this.#extent.last), this.#extent.tail);
  }

  /** Everything that `write` does or nothing of it; storage rolls its own part back. */
  #wholly(transaction: boolean, write: () => void): void {
    const before = { ...this.#extent };
    try {
      if (transaction) this.#storage.transactionSync(write);
      else write();
    } catch (error) {
      this.#extent = before;
      throw error;
    }
  }
}
