import { expect, it } from "vitest";
import { booksLine } from "../../../../src/dashboard/delivery/books-line.ts";

const books = { accepted: 100, pending: 0, dead: 0, balance: 0, oldestPending: null };

it.each([
  [{}, "good", /balance/],
  [{ accepted: 0 }, "soft", /^Nothing/],
  [{ balance: 3, dead: 2 }, "bad", /fault of the edge/],
  [{ pending: 9, oldestPending: { since: "", ageSeconds: 400 } }, "warn", /late.* 6\.7 min/],
  [{ pending: 9, oldestPending: { since: "", ageSeconds: 3 } }, "good", /balance/],
  [{ dead: 2 }, "warn", /replay/],
])("%j", (more, tone, words) => {
  const line = booksLine({ ...books, ...more });
  expect(line.tone).toBe(tone);
  expect(line.text).toMatch(words);
});
