// Any sequence of deliveries, deaths, replays, decisions, expiries, deletions, restarts and failing writes: the
// books balance, each dead letter has its record and nothing else is kept, a record is sent again only as it was,
// and what is reported adds up in a ledger to what the session says.
import fc from "fast-check";
import { expect, it } from "vitest";
import type { SourceReport } from "../../../../src/protocol/books/ledger-calls.ts";
import { balanceOf } from "../../../../src/protocol/books/figures.ts";
import { applyReport, emptyLedger } from "../../../../src/outcomes/ledger/ledger-state.ts";
import { letterRefs, reportOf } from "../../../../src/session/dead-letters/books.ts";
import {
  dropExpired,
  dropSelected,
  replayLetters,
} from "../../../../src/session/dead-letters/letter-calls.ts";
import { eraseSession } from "../../../../src/session/erasure/erase-session.ts";
import { JournalStore } from "../../../../src/session/journal/journal-store.ts";
import type { Lease } from "../../../../src/protocol/session/lease-calls.ts";
import { runs } from "../../../support/runs.ts";
import { sessionArb } from "../arbitrary.ts";
import { Shell } from "../shell.ts";
import { SETTINGS } from "../support.ts";
import { settlementOf, verdictArb } from "../verdicts.ts";

const NO_MEMORY = { claimPendingUntil: 0 };
const KEEP_MS = 400_000;

const stepArb = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant("send" as const), n: fc.integer({ min: 1, max: 6 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("deliver" as const),
      verdict: verdictArb,
      late: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("replay" as const), n: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("drop" as const), n: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("expire" as const), ms: fc.nat(300_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("announce" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("erase" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("restart" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("fail" as const), n: fc.integer({ min: 1, max: 4 }) }),
  },
);

/** Of each dead letter, and of each that was replayed and is not delivered, the record is in storage; of no other. */
function expectFiles(shell: Shell): void {
  const { deadLetters, replayed, letterFiles } = shell.state;
  const stored = shell.storage
    .keys()
    .filter((key) => key.startsWith("dead/"))
    .map((key) => Number(key.split("/")[1]));
  const waiting = new Set([
    ...letterFiles.puts.map(({ record }) => record.ordinal),
    ...letterFiles.removed,
  ]);
  const named = new Set([...deadLetters.map(({ record }) => record.ordinal), ...replayed.keys()]);
  expect(stored.filter((ordinal) => !named.has(ordinal) && !waiting.has(ordinal))).toEqual([]);
  const store = new JournalStore(shell.storage);
  for (const { record } of deadLetters) {
    expect(store.letter(shell.state, record.ordinal)?.record.id).toBe(record.id);
  }
}

it("keep their records and the books, whatever happens", () => {
  fc.assert(
    fc.property(sessionArb, fc.array(stepArb, { minLength: 8, maxLength: 60 }), (sent, steps) => {
      const shell = new Shell({ ...SETTINGS, flushAt: 3 });
      const queue = sent.map(({ action }) => action.change);
      const ledger = emptyLedger();
      const tell = (report: SourceReport | undefined): void => {
        if (report !== undefined) applyReport(ledger, { source: "object", ...report });
      };
      const project = "pk";
      const held: Lease[] = [];
      for (const step of steps) {
        const some = letterRefs(shell.state).map(({ ordinal }) => ordinal);
        if (step.do === "send") shell.send(queue.splice(0, step.n), { deliver: true });
        else if (step.do === "restart") shell.restart();
        else if (step.do === "fail") shell.storage.failsAt = shell.storage.writes + step.n;
        else if (step.do === "deliver") {
          shell.now += 150_000;
          const lease = shell.lease();
          if (lease !== undefined) held.push(lease);
          if (step.late && held.length < 2) continue;
          const first = held.shift();
          if (first !== undefined)
            shell.settle(first, {
              ...settlementOf(first, step.verdict),
              next: undefined,
            } as object);
        } else if (step.do === "replay") {
          const read = (ordinal: number) =>
            new JournalStore(shell.storage).letter(shell.state, ordinal);
          const ordinals = some.slice(0, step.n);
          shell.again((now) => replayLetters(shell.state, { project, ordinals }, read, now));
        } else if (step.do === "drop") {
          const ordinals = some.slice(0, step.n);
          shell.again((now) => dropSelected(shell.state, { project, ordinals }, now));
        } else if (step.do === "expire") {
          shell.now += step.ms;
          shell.again((now) => dropExpired(shell.state, KEEP_MS, now));
        } else if (step.do === "announce") {
          shell.announce();
        } else if (shell.state.books.born > 0) {
          held.length = 0;
          // A page may say the same again, to a session that remembers nothing.
          shell.posted.clear();
          shell.settled.clear();
          shell.again((now) => eraseSession(shell.state, NO_MEMORY, now));
          // It takes nothing for a day.
          shell.now += 27 * 3_600_000;
        }
        expectFiles(shell);
        tell(reportOf(shell.state));
      }
      shell.storage.failsAt = undefined;
      shell.restart();
      expectFiles(shell);
      const last = reportOf(shell.state);
      tell(last);
      expect(ledger.totals).toEqual(last?.figures ?? {});
      expect(balanceOf(ledger.totals)).toBe(0);
    }),
    { numRuns: runs(300) },
  );
});
