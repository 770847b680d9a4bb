// The edge's own books beside what the clients and Langfuse saw: each action that was accepted ended in one
// outcome. Pure.
import type { ExpectedRecord } from "../plan/records.ts";

/** `GET /api/langfuse/outcomes`, the sums. */
export interface Totals {
  accepted: number;
  delivered: number;
  dead: number;
  dropped: Readonly<Record<string, number>>;
  pending: number;
}

export interface Books extends Totals {
  /** As the edge tells it. */
  balance: number;
}

export interface Seen {
  /** Actions that were acknowledged. */
  acknowledged: number;
  /** Of those, the actions of records that Langfuse has. */
  taken: number;
  /** Of those, the actions of records that SAMPLING leaves out. */
  sampled: number;
  /** Every turn was acknowledged to its end, so that nothing may be pending. */
  isWhole: boolean;
  /** Sessions have a history that no client noted, in journals that were made elsewhere: the books have more. */
  hasHistory: boolean;
}

export const takenActions = (
  expected: readonly ExpectedRecord[],
  taken: ReadonlySet<string>,
): number => expected.reduce((sum, { key, actions }) => (taken.has(key) ? sum + actions : sum), 0);

/** What is wrong with the books, in words. */
export function bookFaults(books: Books, seen: Seen): string[] {
  const { accepted, delivered, dead, dropped, pending, balance } = books;
  const allDropped = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  const faults: string[] = [];
  if (balance !== 0) faults.push(`the books' balance is ${balance}`);
  if (accepted - delivered - dead - allDropped - pending !== balance) {
    faults.push("the books' balance is not that of their sums");
  }
  const { sampled = 0 } = dropped;
  if (allDropped !== sampled) {
    faults.push(`${allDropped - sampled} actions dropped: ${JSON.stringify(dropped)}`);
  }
  // Whether a turn that is not over will be left out is decided at its end: fewer may be, but never more.
  if (sampled > seen.sampled) {
    faults.push(`${sampled} actions sampled in the books, of ${seen.sampled}`);
  }
  // A turn that is not over may be pending, and of what a page did not hear of nobody knows.
  if (!seen.isWhole) return faults;
  if (pending !== 0) faults.push(`${pending} actions pending in the books`);
  if (seen.hasHistory) return faults;
  if (accepted !== seen.acknowledged) {
    faults.push(`${accepted} actions accepted in the books, ${seen.acknowledged} acknowledged`);
  }
  if (sampled < seen.sampled) {
    faults.push(`only ${sampled} actions sampled in the books, of ${seen.sampled}`);
  }
  if (delivered !== seen.taken) {
    faults.push(`${delivered} actions delivered in the books, ${seen.taken} taken by Langfuse`);
  }
  return faults;
}
