// The records of dead letters in an object's storage: a few keys each, since a row holds at most 2 MB. Written
// in the same transaction as the journal's line that speaks of them, and read only when somebody asks.
import type { JournalStorage } from "../journal/journal.ts";
import type { LetterFile, LetterFiles } from "./letter-files.ts";

const PREFIX = "dead/";
/** Longest value in one row, in UTF-16 units: two bytes each stay under the row limit of 2 MB. */
const ROW_LENGTH = 900_000;

const folderOf = (ordinal: number): string => `${PREFIX}${String(ordinal).padStart(16, "0")}/`;
const keyOf = (ordinal: number, chunk: number): string =>
  folderOf(ordinal) + String(chunk).padStart(2, "0");

export class LetterStore {
  readonly #kv: JournalStorage["kv"];

  constructor({ kv }: Pick<JournalStorage, "kv">) {
    this.#kv = kv;
  }

  /** After a cold start: of what the journal asks for, only what was not carried out yet is left. */
  reconcile(files: LetterFiles): void {
    for (const { record } of files.puts) {
      if (this.#keys(folderOf(record.ordinal)).length > 0) files.filed(record.ordinal);
    }
    for (const ordinal of files.removed) {
      if (this.#keys(folderOf(ordinal)).length === 0) files.gone(ordinal);
    }
  }

  /** Carries out what is left to do, inside a transaction of the caller's. */
  write(files: LetterFiles): void {
    for (const ordinal of files.removed) this.#remove(ordinal, 0);
    for (const file of files.puts) {
      const { ordinal } = file.record;
      const text = JSON.stringify(file);
      let chunk = 0;
      for (let from = 0; from < text.length; from += ROW_LENGTH) {
        this.#kv.put(keyOf(ordinal, chunk), text.slice(from, from + ROW_LENGTH));
        chunk += 1;
      }
      this.#remove(ordinal, chunk);
    }
  }

  /** The write has become durable, or will be together with its answer. */
  written(files: LetterFiles): void {
    for (const ordinal of files.removed) files.gone(ordinal);
    for (const { record } of files.puts) files.filed(record.ordinal);
  }

  read(ordinal: number): LetterFile | undefined {
    let text = "";
    for (const [, chunk] of this.#kv.list<string>({ prefix: folderOf(ordinal) })) text += chunk;
    return text === "" ? undefined : parse(text);
  }

  /** All that can be read, by ordinal. */
  readAll(): LetterFile[] {
    const texts = new Map<string, string>();
    for (const [key, chunk] of this.#kv.list<string>({ prefix: PREFIX })) {
      const folder = key.slice(0, key.lastIndexOf("/"));
      texts.set(folder, (texts.get(folder) ?? "") + chunk);
    }
    return Array.from(texts.values(), parse).filter((file) => file !== undefined);
  }

  /** Nothing of any dead letter stays, known or not. */
  removeAll(): void {
    for (const key of this.#keys(PREFIX)) this.#kv.delete(key);
  }

  #remove(ordinal: number, fromChunk: number): void {
    const keys = this.#keys(folderOf(ordinal));
    for (const key of keys) if (key >= keyOf(ordinal, fromChunk)) this.#kv.delete(key);
  }

  #keys(prefix: string): string[] {
    return Array.from(this.#kv.list({ prefix }), ([key]) => key);
  }
}

/** What is in a key may be of an earlier or a later version, or damaged. */
function parse(text: string): LetterFile | undefined {
  try {
    const file = JSON.parse(text) as Partial<LetterFile> | null;
    return typeof file?.record?.ordinal === "number" ? (file as LetterFile) : undefined;
  } catch {
    return undefined;
  }
}
