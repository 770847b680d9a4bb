// What a pass tells the ledger: one call at a time, and a ledger that does not answer is waited for once.
import { expect, it } from "vitest";
import { LedgerTeller, TELL_TIMEOUT_MS } from "../../../src/delivery/tell-ledger.ts";
import type { NamedReport } from "../../../src/protocol/books/ledger-calls.ts";

const report = (source: string): NamedReport => ({ source, born: 1, at: 2, figures: {} });
const idle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function world() {
  const taken: string[][] = [];
  const answers: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const timers: { ms: number; ring: () => void }[] = [];
  const warned: unknown[] = [];
  const teller = new LedgerTeller(
    { publicKey: "pk", label: "p" },
    {
      ledger: () => ({
        take: async (reports) => {
          taken.push(reports.map(({ source }) => source));
          await new Promise<void>((resolve, reject) => answers.push({ resolve, reject }));
        },
      }),
      wait: (ms) => new Promise((resolve) => timers.push({ ms, ring: resolve })),
      log: (_level, event) => void warned.push(event),
    },
  );
  return { teller, taken, answers, timers, warned };
}

it("makes one call at a time; what comes meanwhile shares the next one", async () => {
  const { teller, taken, answers } = world();
  const told = [teller.tell([report("a")]), teller.tell([report("b")])];
  await idle();
  expect(taken).toEqual([["a", "b"]]);
  told.push(teller.tell([report("c")]), teller.tell([report("d")]));
  await idle();
  expect(taken).toHaveLength(1);
  answers[0]?.resolve();
  await idle();
  expect(taken.slice(1)).toEqual([["c", "d"]]);
  answers[1]?.resolve();
  expect(await Promise.all(told)).toEqual([true, true, true, true]);
  expect(await teller.tell([])).toBe(true);
  expect(taken).toHaveLength(2);
});

it("waits for a ledger that does not answer once, and then tells it nothing", async () => {
  const { teller, taken, timers, warned } = world();
  const told = [teller.tell([report("a")])];
  await idle();
  told.push(teller.tell([report("b")]));
  expect(timers.map(({ ms }) => ms)).toEqual([TELL_TIMEOUT_MS]);
  timers[0]?.ring();
  expect(await Promise.all(told)).toEqual([false, false]);
  expect(taken).toEqual([["a"]]);
  expect(warned).toEqual(["ledger_not_told"]);
});

it("says so where the ledger throws", async () => {
  const { teller, answers } = world();
  const told = teller.tell([report("a")]);
  await idle();
  answers[0]?.reject(new Error("ill"));
  expect(await told).toBe(false);
});
