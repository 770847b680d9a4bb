// A project's ledger: the books of all its sessions, and the index of its dead letters. It is only told: nothing
// that is accepted or delivered waits for it, and where it is lost, only the view is.
import { addFigures } from "../../protocol/books/figures.ts";
import type {
  Books,
  BooksQuery,
  DeadLetterList,
  LedgerCalls,
  LetterPage,
  LetterQuery,
  NamedReport,
  SourceReport,
} from "../../protocol/books/ledger-calls.ts";
import { HOUR_MS, HOURS_KEPT_MS, MINUTE_MS, MINUTES_KEPT_MS, startOf } from "./buckets.ts";
import { hasRoom, lettersPage } from "./dead-index.ts";
import { LedgerStore } from "./ledger-store.ts";
import { pendingSince, recentObjects } from "./ledger-state.ts";

type Storage = ConstructorParameters<typeof LedgerStore>[0];

export class Ledger implements LedgerCalls {
  readonly #store: LedgerStore;
  readonly #now: () => number;

  constructor(storage: Storage, now: () => number) {
    this.#store = new LedgerStore(storage);
    this.#now = now;
  }

  async take(reports: NamedReport[]): Promise<void> {
    if (reports.length > 0) this.#store.take(reports, this.#now());
  }

  async recentObjects(most: number, since: number): Promise<string[]> {
    return recentObjects(this.#store.state, most, since);
  }

  async announce(list: DeadLetterList, report: SourceReport): Promise<{ known: boolean }> {
    this.#store.take([{ source: list.object, ...report }], this.#now());
    const known = hasRoom(this.#store.letters(), list);
    if (known) this.#store.putLetters(list);
    return { known };
  }

  async forgetLetters(gone: Record<string, number[]>): Promise<void> {
    const index = this.#store.letters();
    for (const [object, ordinals] of Object.entries(gone)) {
      const known = index.get(object);
      if (known === undefined) continue;
      const letters = known.filter(({ ordinal }) => !ordinals.includes(ordinal));
      if (letters.length < known.length) this.#store.putLetters({ object, letters });
    }
  }

  async books({ minutes = 0, hours = 0 }: BooksQuery): Promise<Books> {
    const now = this.#now();
    const { state, since } = this.#store;
    const waiting = pendingSince(state);
    const from = (count: number, length: number, kept: number): number =>
      startOf(now, length) - Math.min(count * length, kept) + length;
    return {
      ...(since > 0 && { since }),
      totals: addFigures(state.totals, {}),
      ...(waiting !== undefined && { pendingSince: waiting }),
      minutes:
        minutes > 0 ? this.#store.minutesFrom(from(minutes, MINUTE_MS, MINUTES_KEPT_MS)) : [],
      hours: hours > 0 ? this.#store.hoursFrom(from(hours, HOUR_MS, HOURS_KEPT_MS)) : [],
    };
  }

  async deadLetters(query: LetterQuery): Promise<LetterPage> {
    return lettersPage(this.#store.letters(), query);
  }
}
