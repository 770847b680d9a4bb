// The only room that touches a session's storage. A journal is lines of text, kept as chunks of one
// key each: appending rewrites the last chunk, which is one row, whatever the session's length.
// All calls are synchronous: writes between two awaits commit together, and answers wait for them.
import { FORMAT_VERSION, migrate } from "./migrations.ts";

/** A chunk that has reached this length (UTF-16 units) is left alone: an append costs O(request). */
const CHUNK_LENGTH = 64 * 1024;
/** Longest value in one row, in UTF-16 units: two bytes each stay under the row limit of 2 MB. */
const ROW_LENGTH = 900_000;
const PREFIX = "journal/";
/** At most. */
const HEAD_LENGTH = 10;

const keyOf = (index: number): string => `${PREFIX}${String(index).padStart(8, "0")}`;

export class Journal {
  readonly #kv: SyncKvStorage;
  #last = -1;
  #tail = "";
  /** Length of the whole journal, in UTF-16 units. */
  length = 0;
  /** Written in an earlier format: what is appended would be taken for the same. */
  isOutdated = false;
  /** Rows written so far by this instance; a row is what costs. */
  rowsWritten = 0;

  constructor(kv: SyncKvStorage) {
    this.#kv = kv;
  }

  /** All lines, oldest first, in the current format. */
  read(): string[] {
    this.#forget();
    const lines: string[] = [];
    let cut = "";
    for (const [, chunk] of this.#kv.list<string>({ prefix: PREFIX })) {
      this.#last += 1;
      this.#tail = chunk;
      this.length += chunk.length;
      const parts = (cut + chunk).split("\n");
      cut = parts.pop() ?? "";
      for (const line of parts) lines.push(line);
    }
    const head = lines.shift();
    if (head === undefined) return [];
    this.isOutdated = Number(head) !== FORMAT_VERSION;
    return migrate(Number(head), lines);
  }

  /** Whether appending them is a single write. */
  isOneRow(lines: readonly string[]): boolean {
    return lines.reduce((sum, { length }) => sum + length + 1, HEAD_LENGTH) <= ROW_LENGTH;
  }

  append(lines: readonly string[]): void {
    const head = this.#last < 0 ? `${FORMAT_VERSION}\n` : "";
    this.#write(head + lines.map((line) => `${line}\n`).join(""));
  }

  /** Replaces everything by these lines. */
  replace(lines: readonly string[]): void {
    const before = this.#last;
    this.#forget();
    this.append(lines);
    for (let index = this.#last + 1; index <= before; index += 1) {
      this.#kv.delete(keyOf(index));
      this.rowsWritten += 1;
    }
  }

  #write(text: string): void {
    this.length += text.length;
    let rest = text;
    const room = this.#last >= 0 && this.#tail.length + text.length <= CHUNK_LENGTH;
    if (room) {
      this.#tail += text;
      this.#put();
      return;
    }
    while (rest !== "") {
      this.#last += 1;
      this.#tail = rest.slice(0, ROW_LENGTH);
      rest = rest.slice(ROW_LENGTH);
      this.#put();
    }
  }

  #put(): void {
    this.#kv.put(keyOf(this.#last), this.#tail);
    this.rowsWritten += 1;
  }

  #forget(): void {
    this.#last = -1;
    this.#tail = "";
    this.length = 0;
    this.isOutdated = false;
  }
}
