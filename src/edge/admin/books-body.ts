// A project's books as the API shows them. Pure.
import { balanceOf, byReason, type Figures } from "../../protocol/books/figures.ts";
import type { Books, Bucket } from "../../protocol/books/ledger-calls.ts";

export interface LetterCounts {
  total: number;
  byReason: Record<string, number>;
}

export function booksBody(books: Books, letters: LetterCounts, now: number) {
  const { totals, pendingSince, since } = books;
  const { pending = 0 } = totals;
  return {
    at: isoOf(now),
    since: since === undefined ? null : isoOf(since),
    totals: { ...totalsOf(totals), pending },
    balance: balanceOf(totals),
    oldestPending:
      pendingSince === undefined
        ? null
        : { since: isoOf(pendingSince), ageSeconds: Math.max(0, (now - pendingSince) / 1000) },
    deadLetters: letters,
    refused: byReason(totals, "refused"),
    givenUp: byReason(totals, "given_up"),
    minutes: books.minutes.map(bucketBody),
    hours: books.hours.map(bucketBody),
  };
}

function totalsOf(figures: Figures) {
  const { accepted = 0, delivered = 0, dead = 0 } = figures;
  return { accepted, delivered, dead, dropped: byReason(figures, "dropped") };
}

function bucketBody({ at, figures }: Bucket) {
  return {
    at: isoOf(at),
    ...totalsOf(figures),
    refused: byReason(figures, "refused"),
    givenUp: byReason(figures, "given_up"),
  };
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
