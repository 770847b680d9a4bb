// Keeps a session's journal short enough to load: appends what happened, and rewrites the journal as
// one snapshot when that pays. All rows of a write or none: half a line could never be read again.
import type { AssemblySettings } from "../settings.ts";
import { MAX_JOURNAL_LENGTH } from "./bounds.ts";
import { shouldCompact } from "./compact.ts";
import { Journal } from "./journal.ts";
import { rebuild, snapshotLength, snapshotLine } from "./rebuild.ts";
import type { SessionState } from "./state.ts";

/** Of a full journal, rewriting pays when at least so much more than the last snapshot is in it. */
const WORTH_REWRITING = 1.25;

export class Keeper {
  readonly #storage: DurableObjectStorage;
  #journal: Journal;
  /** Length of the snapshot that the journal begins with. */
  #snapshotLength = 0;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#journal = new Journal(storage.kv);
  }

  /** The state that the journal tells of. */
  load(settings: AssemblySettings): SessionState {
    const lines = this.#journal.read();
    this.#snapshotLength = snapshotLength(lines);
    return rebuild(lines, settings);
  }

  isEmpty(): boolean {
    return this.#journal.length === 0;
  }

  /** Writes what `state` already contains. Throws when nothing of it was written. */
  keep(state: SessionState, lines: readonly string[]): void {
    const { length, isOutdated } = this.#journal;
    if (isOutdated || shouldCompact(state, length, this.#snapshotLength)) {
      this.#storage.transactionSync(() => this.#rewrite(state));
    } else if (this.#journal.isOneRow(lines)) this.#journal.append(lines);
    else this.#storage.transactionSync(() => this.#journal.append(lines));
  }

  /** More undelivered than a cold start could load. It empties as Langfuse takes it. */
  isFull(state: SessionState): boolean {
    const { length } = this.#journal;
    if (length <= MAX_JOURNAL_LENGTH) return false;
    if (length > WORTH_REWRITING * this.#snapshotLength) {
      this.#storage.transactionSync(() => this.#rewrite(state));
    }
    return this.#journal.length > MAX_JOURNAL_LENGTH;
  }

  /** What was stored is being deleted: begin anew. */
  forget(): void {
    this.#journal = new Journal(this.#storage.kv);
    this.#snapshotLength = 0;
  }

  #rewrite(state: SessionState): void {
    const line = snapshotLine(state);
    this.#snapshotLength = line.length;
    this.#journal.replace([line]);
  }
}
