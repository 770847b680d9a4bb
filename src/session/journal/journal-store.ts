// Keeps a session's journal short enough to load: appends what happened, and rewrites the journal as
// one snapshot when that pays. A journal that can't be read is put aside, so that its object lives on.
import type { AssemblySettings } from "../../settings/index.ts";
import { isSpanRecord } from "../../protocol/record.ts";
import { MAX_JOURNAL_LENGTH } from "../bounds.ts";
import { shouldCompact } from "./compact.ts";
import { type Entry, toJournal } from "./entries.ts";
import { Journal, type JournalStorage } from "./journal.ts";
import { formatFor, LaterFormatError } from "./migrations.ts";
import { entryLine, rebuild, snapshotLength, snapshotLine } from "./rebuild.ts";
import type { LetterFile } from "../dead-letters/letter-files.ts";
import { LetterStore } from "../dead-letters/letter-store.ts";
import { deadRecordOf } from "../dead-letters/letters.ts";
import { emptyState, type SessionState } from "../state.ts";

/** Of a full journal, rewriting pays when at least so much more than the last snapshot is in it. */
const MIN_REWRITE_RATIO = 1.25;

/** Faults that loading found. */
export interface LoadReport {
  /** The error for which the journal was put aside. */
  unreadable?: unknown;
  /** The journal is a later version's and waits for it: nothing may be written. */
  laterFormat?: LaterFormatError;
  /** Records that the journal says were sealed or settled, and that are not found in it. */
  unknown: number;
}

export class JournalStore {
  readonly #storage: JournalStorage;
  readonly #letters: LetterStore;
  #journal: Journal;
  /** Length of the snapshot that the journal begins with. */
  #snapshotLength = 0;

  constructor(storage: JournalStorage) {
    this.#storage = storage;
    this.#letters = new LetterStore(storage);
    this.#journal = new Journal(storage);
  }

  /**
   * The state that the journal describes. Throws where the storage does: only a journal that was read can be
   * found to be no journal, and is put aside.
   * @param now for a journal that can't be read, epoch ms
   */
  load(settings: AssemblySettings, now: number): { state: SessionState; report: LoadReport } {
    const loaded = this.#rebuild(this.#journal.stored(), settings, now);
    this.#letters.reconcile(loaded.state.letterFiles);
    return loaded;
  }

  #rebuild(
    chunks: unknown[],
    settings: AssemblySettings,
    now: number,
  ): { state: SessionState; report: LoadReport } {
    const report: LoadReport = { unknown: 0 };
    try {
      const lines = this.#journal.read(chunks);
      this.#snapshotLength = snapshotLength(lines);
      const state = rebuild(lines, settings, (unknown) => (report.unknown = unknown));
      return { state, report };
    } catch (error) {
      if (error instanceof LaterFormatError) {
        report.laterFormat = error;
        return { state: emptyState("", settings), report };
      }
      report.unreadable = error;
      return { state: this.#beginAnew(settings, now), report };
    }
  }

  isEmpty(): boolean {
    return this.#journal.length === 0;
  }

  /** In UTF-16 units. */
  get length(): number {
    return this.#journal.length;
  }

  /** Writes what `state` already contains. Throws when nothing of it was written. `rewrite`: nothing of before stays. */
  commit(state: SessionState, entries: readonly Entry[], rewrite = false): void {
    const { length, format } = this.#journal;
    const needed = formatFor(state);
    const isOutdated = length > 0 && format < needed;
    if (rewrite || isOutdated || shouldCompact(state, length, this.#snapshotLength))
      this.#rewrite(state);
    else {
      const lines = toJournal(state, entries).map(entryLine);
      this.#withLetters(state, () => this.#journal.append(lines, needed));
    }
  }

  /** The record of a dead letter, or of one that was replayed and is not delivered yet. */
  letter({ letterFiles }: SessionState, ordinal: number): LetterFile | undefined {
    return letterFiles.find(ordinal) ?? this.#letters.read(ordinal);
  }

  /** More undelivered than a cold start could load. It empties as Langfuse takes it. */
  isFull(state: SessionState): boolean {
    const { length } = this.#journal;
    if (length <= MAX_JOURNAL_LENGTH) return false;
    if (length > MIN_REWRITE_RATIO * this.#snapshotLength) this.#rewrite(state);
    return this.#journal.length > MAX_JOURNAL_LENGTH;
  }

  /** Nothing that was put aside stays either, nor a dead letter that the journal has lost. */
  forgetAside(state: SessionState): void {
    this.#storage.transactionSync(() => this.#letters.removeAll());
    if (state.unreadable === undefined) return;
    this.#journal.dropAside();
    delete state.unreadable;
  }

  /** The storage is being deleted: begin anew. */
  reset(): void {
    this.#journal = new Journal(this.#storage);
    this.#snapshotLength = 0;
  }

  #rewrite(state: SessionState): void {
    // A snapshot has what was sealed.
    toJournal(state, []);
    const line = snapshotLine(state);
    this.#withLetters(state, () => this.#journal.replace([line], formatFor(state)));
    this.#snapshotLength = line.length;
  }

  /** The journal and the keys of dead letters are written together, or neither is. */
  #withLetters({ letterFiles }: SessionState, write: () => void): void {
    if (letterFiles.isEmpty) {
      write();
      return;
    }
    this.#storage.transactionSync(() => {
      this.#letters.write(letterFiles);
      write();
    });
    this.#letters.written(letterFiles);
  }

  /** Its numbers go on from higher ones than any before: no earlier settlement meets a new record. */
  #beginAnew(settings: AssemblySettings, now: number): SessionState {
    const numbers = { actions: now, spans: now, leases: now, nextSeq: now };
    const state = { ...emptyState("", settings), ...numbers, t: now, lastEntry: now };
    const journals = 1 + (this.#journal.hasAside() ? 1 : 0);
    state.unreadable = { journals, at: now, length: this.#journal.storedLength() };
    this.#keepLetters(state);
    const line = snapshotLine(state);
    this.#journal.putAside([line], formatFor(state));
    this.#snapshotLength = line.length;
    return state;
  }

  /** Dead letters say by themselves what they are: they outlive a journal that can't be read. */
  #keepLetters(state: SessionState): void {
    for (const { record, origin, ...letter } of this.#letters.readAll()) {
      if (isSpanRecord(record) && origin !== undefined) {
        state.origins.set(record.origin, origin);
      }
      state.deadLetters.push({ ...letter, record: deadRecordOf(record) });
      state.deadSize += record.size;
      state.counts.accepted += record.actions;
      state.counts.dead += record.actions;
    }
    state.deadLetters.sort((a, b) => a.at - b.at);
    const letters = state.deadLetters.length;
    state.books = { born: state.t, letters, changedAt: state.t, announced: 0 };
  }
}
