// Keeps a session's journal short enough to load: appends what happened, and rewrites the journal as
// one snapshot when that pays. A journal that can't be read is put aside, so that its object lives on.
import type { AssemblySettings } from "../../settings/index.ts";
import { MAX_JOURNAL_LENGTH } from "../bounds.ts";
import { shouldCompact } from "./compact.ts";
import { type Entry, toJournal } from "./entries.ts";
import { Journal, type JournalStorage } from "./journal.ts";
import { LaterFormatError } from "./migrations.ts";
import { entryLine, rebuild, snapshotLength, snapshotLine } from "./rebuild.ts";
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
  #journal: Journal;
  /** Length of the snapshot that the journal begins with. */
  #snapshotLength = 0;

  constructor(storage: JournalStorage) {
    this.#storage = storage;
    this.#journal = new Journal(storage);
  }

  /**
   * The state that the journal describes.
   * @param now for a journal that can't be read, epoch ms
   */
  load(settings: AssemblySettings, now: number): { state: SessionState; report: LoadReport } {
    const report: LoadReport = { unknown: 0 };
    try {
      const lines = this.#journal.read();
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

  /** Writes what `state` already contains. Throws when nothing of it was written. */
  commit(state: SessionState, entries: readonly Entry[]): void {
    const { length, isOutdated } = this.#journal;
    if (isOutdated || shouldCompact(state, length, this.#snapshotLength)) this.#rewrite(state);
    else this.#journal.append(toJournal(state, entries).map(entryLine));
  }

  /** More undelivered than a cold start could load. It empties as Langfuse takes it. */
  isFull(state: SessionState): boolean {
    const { length } = this.#journal;
    if (length <= MAX_JOURNAL_LENGTH) return false;
    if (length > MIN_REWRITE_RATIO * this.#snapshotLength) this.#rewrite(state);
    return this.#journal.length > MAX_JOURNAL_LENGTH;
  }

  /** Nothing that was put aside stays either. */
  forgetAside(state: SessionState): void {
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
    this.#journal.replace([line]);
    this.#snapshotLength = line.length;
  }

  /** Its numbers go on from higher ones than any before: no earlier settlement meets a new record. */
  #beginAnew(settings: AssemblySettings, now: number): SessionState {
    const numbers = { actions: now, spans: now, leases: now, nextSeq: now };
    const state = { ...emptyState("", settings), ...numbers, t: now, lastEntry: now };
    const journals = 1 + (this.#journal.hasAside() ? 1 : 0);
    state.unreadable = { journals, at: now, length: this.#journal.storedLength() };
    const line = snapshotLine(state);
    this.#journal.putAside([line]);
    this.#snapshotLength = line.length;
    return state;
  }
}
