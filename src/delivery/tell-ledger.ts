// What the sessions of a pass reported of themselves, handed to the project's ledger in one call. A ledger that
// is slow or lost costs a pass a moment, and nobody a record: the next report of each session says it all again.
import { describeError, type logEvent } from "../log.ts";
import type { LedgerCalls, NamedReport } from "../protocol/books/ledger-calls.ts";

/** A pass waits for the ledger so long at most. */
export const TELL_TIMEOUT_MS = 3_000;

export interface LedgerDeps {
  ledger: (publicKey: string) => Pick<LedgerCalls, "take">;
  wait: (ms: number) => Promise<void>;
  log: typeof logEvent;
}

/** Never rejects. */
export async function tellLedger(
  project: { publicKey: string; label: string },
  reports: readonly NamedReport[],
  { ledger, wait, log }: LedgerDeps,
): Promise<void> {
  if (reports.length === 0) return;
  try {
    const late = wait(TELL_TIMEOUT_MS).then(() => {
      throw new Error("the ledger did not answer in time");
    });
    await Promise.race([ledger(project.publicKey).take([...reports]), late]);
  } catch (error) {
    log("warn", "ledger_not_told", { project: project.label, error: describeError(error) });
  }
}
