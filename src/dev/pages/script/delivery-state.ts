// The state of the books, in one line. Pure: nothing is green that is not known.
import type { OutcomesView } from "../page-data.ts";
import type { Line } from "./sink-state.ts";

export function booksLine({ totals, balance, oldestPending }: OutcomesView): Line {
  const { accepted, delivered, dead, pending, dropped } = totals;
  if (accepted === 0) return { tone: "soft", text: "Nothing was counted yet." };
  const gone = Object.entries(dropped).map(([reason, n]) => `${n} dropped (${reason})`);
  const parts = [`${delivered} delivered`, `${pending} pending`, `${dead} dead`, ...gone].join(
    ", ",
  );
  const waits =
    oldestPending === null ? "" : `; the oldest waits for ${wait(oldestPending.ageSeconds)}`;
  const text = `${accepted} actions accepted: ${parts}${waits}. Balance ${balance}.`;
  if (balance !== 0) return { tone: "bad", text };
  // Not green either way: what is under way just now has not been told yet.
  return { tone: dead > 0 ? "warn" : "soft", text };
}

function wait(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
