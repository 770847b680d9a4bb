// The reports of a pass, handed to the project's ledger: of each lease before it is settled, so that its session
// knows what the ledger knows, whoever dies when. One call at a time; what comes meanwhile shares the next one. A
// ledger that does not answer costs a pass a moment, and nobody a record: sessions hear that nothing was told.
import { describeError, type logEvent } from "../log.ts";
import type { LedgerCalls, NamedReport } from "../protocol/books/ledger-calls.ts";

/** A pass waits for the ledger so long at most, once: what it settles waits with it. */
export const TELL_TIMEOUT_MS = 1_000;

export interface LedgerDeps {
  ledger: (publicKey: string) => Pick<LedgerCalls, "take">;
  wait: (ms: number) => Promise<void>;
  log: typeof logEvent;
}

export class LedgerTeller {
  readonly #project: { publicKey: string; label: string };
  readonly #deps: LedgerDeps;
  #waiting: NamedReport[] = [];
  /** The call that those will share. */
  #next: Promise<boolean> | undefined;
  #running: Promise<boolean> = Promise.resolve(true);
  #isAnswering = true;

  constructor(project: { publicKey: string; label: string }, deps: LedgerDeps) {
    this.#project = project;
    this.#deps = deps;
  }

  /** True where the ledger has them; never rejects. */
  async tell(reports: readonly NamedReport[]): Promise<boolean> {
    if (reports.length === 0) return true;
    this.#waiting.push(...reports);
    this.#next ??= this.#after(this.#running);
    return this.#next;
  }

  async #after(before: Promise<boolean>): Promise<boolean> {
    await before;
    this.#next = undefined;
    this.#running = this.#take(this.#waiting.splice(0));
    return this.#running;
  }

  async #take(reports: NamedReport[]): Promise<boolean> {
    const { ledger, wait, log } = this.#deps;
    const { publicKey, label } = this.#project;
    // One that did not answer would be waited for again and again.
    if (!this.#isAnswering) return false;
    try {
      const late = wait(TELL_TIMEOUT_MS).then(() => {
        throw new Error("the ledger did not answer in time");
      });
      await Promise.race([ledger(publicKey).take(reports), late]);
    } catch (error) {
      this.#isAnswering = false;
      log("warn", "ledger_not_told", { project: label, error: describeError(error) });
    }
    return this.#isAnswering;
  }
}
