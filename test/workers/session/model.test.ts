// The object itself, in workerd, against what its callers know: any sequence of requests, complete spans, seals,
// deliveries with any outcome, replays, deletions, evictions, crashes, alarms and failing writes ends with its books
// balanced, and those of the project's ledger the same.
import fc from "fast-check";
import { it } from "vitest";
import { partArb, verdictArb } from "../../unit/session/verdicts.ts";
import { eachOnItsOwn, moveClock } from "../support.ts";
import { totals, Callers } from "./model/callers.ts";

eachOnItsOwn();

/** What becomes of the consumer that settles: it may have told the ledger, or die right after it has. */
const ledgerArb = fc.constantFrom("told", "told", "told", "not told", "dies" as const);
const lastArb = fc.constantFrom("told", "not told" as const);
const stepArb = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("append" as const), n: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("again" as const), n: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("flush" as const), n: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("wait" as const), n: fc.oneof(fc.nat(3), fc.nat(90)) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("lease" as const), n: fc.constantFrom(1, 1_000_000) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("settle" as const),
      which: fc.nat(3),
      verdict: verdictArb,
      ledger: ledgerArb,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("part" as const),
      which: fc.nat(3),
      verdict: verdictArb,
      known: partArb,
      ledger: ledgerArb,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("spans" as const), n: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("replay" as const), n: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("give up" as const), n: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("crash" as const), n: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("delete" as const), n: fc.nat(3) }) },
  // A consumer with the claim, and the reservation that it carries.
  { weight: 2, arbitrary: fc.record({ do: fc.constant("claim" as const), n: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("alarm" as const), n: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("back" as const), n: fc.nat(1_200) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("evict" as const), n: fc.nat(2) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("fail" as const), n: fc.integer({ min: 1, max: 3 }) }),
  },
);

it("balances its books, whatever happens to it", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(stepArb, { minLength: 10, maxLength: 40 }),
      lastArb,
      async (steps, last) => {
        const callers = new Callers(await totals());
        for (const step of steps) {
          if (step.do === "settle") {
            await callers.settle(step.verdict, step.which, step.ledger);
            continue;
          }
          if (step.do === "part") {
            await callers.settlePart(step.verdict, step.which, step.known, step.ledger);
            continue;
          }
          const { do: what, n } = step;
          if (what === "append") await callers.append(n);
          else if (what === "again") await callers.again(n);
          else if (what === "claim") await callers.claim();
          else if (what === "flush") await callers.append(0, true);
          else if (what === "wait") moveClock(n);
          else if (what === "back") moveClock(-n);
          else if (what === "lease") await callers.lease(n);
          else if (what === "alarm") await callers.alarm();
          else if (what === "evict") await callers.evict(n);
          else if (what === "spans") await callers.spans(n);
          else if (what === "replay") await callers.replay();
          else if (what === "give up") await callers.giveUp();
          else if (what === "crash") await callers.crash();
          else if (what === "delete") await (n === 0 ? callers.delete() : undefined);
          else await callers.fail(n);
        }
        await callers.end(last);
      },
    ),
    { numRuns: 100, endOnFailure: true },
  );
});
