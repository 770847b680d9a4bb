// One small Durable Object per project: it knows how delivery is going, for the health check and
// for the consumers' breaker, and it keeps the books. Health is one key and one write per report; what a
// report means is decided in health-state.ts. It holds no key of the project and no payload. Invariant: a
// ledger that fails fails alone; health does not touch it.
import { DurableObject } from "cloudflare:workers";
import type {
  Books,
  BooksQuery,
  DeadLetterList,
  LedgerCalls,
  LetterPage,
  LetterQuery,
  NamedReport,
  SourceReport,
} from "../protocol/books/ledger-calls.ts";
import type {
  HealthCalls,
  HealthReport,
  HealthState,
  UnservedReport,
} from "../protocol/health-calls.ts";
import {
  applyReport,
  applyUnserved,
  EMPTY_HEALTH,
  type StoredHealth,
  viewOf,
} from "./health-state.ts";
import { Ledger } from "./ledger/ledger.ts";

const KEY = "health";

export class ProjectHealth extends DurableObject implements HealthCalls, LedgerCalls {
  readonly #ledger = new Ledger(this.ctx.storage, () => Date.now());

  async report(report: HealthReport): Promise<HealthState> {
    const state = applyReport(this.#stored(), report);
    this.ctx.storage.kv.put(KEY, state);
    return viewOf(state);
  }

  async unserved(report: UnservedReport): Promise<void> {
    const before = this.#stored();
    const state = applyUnserved(before, report);
    if (state !== before) this.ctx.storage.kv.put(KEY, state);
  }

  async read(): Promise<HealthState> {
    return viewOf(this.#stored());
  }

  async take(reports: NamedReport[]): Promise<void> {
    await this.#ledger.take(reports);
  }

  async recentObjects(most: number, since: number): Promise<string[]> {
    return this.#ledger.recentObjects(most, since);
  }

  async announce(list: DeadLetterList, report: SourceReport): Promise<{ known: boolean }> {
    return this.#ledger.announce(list, report);
  }

  async forgetLetters(gone: Record<string, number[]>): Promise<void> {
    await this.#ledger.forgetLetters(gone);
  }

  async books(query: BooksQuery): Promise<Books> {
    return this.#ledger.books(query);
  }

  async deadLetters(query: LetterQuery): Promise<LetterPage> {
    return this.#ledger.deadLetters(query);
  }

  #stored(): StoredHealth {
    return { ...EMPTY_HEALTH, ...this.ctx.storage.kv.get<StoredHealth>(KEY) };
  }
}
