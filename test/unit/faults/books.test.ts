import { describe, expect, it } from "vitest";
import { type Books, bookFaults, type Seen, takenActions } from "../../faults/judge/books.ts";
import { recordsOf } from "../../faults/plan/plan.ts";
import { plan } from "./support.ts";

const BOOKS: Books = {
  accepted: 20,
  delivered: 17,
  dead: 3,
  dropped: {},
  pending: 0,
  balance: 0,
};
const SEEN: Seen = {
  acknowledged: 20,
  taken: 17,
  sampled: 0,
  isWhole: true,
  hasHistory: false,
};

describe("the edge's books", () => {
  it("are right where each action has one outcome, and Langfuse has what was delivered", () => {
    expect(bookFaults(BOOKS, SEEN)).toEqual([]);
  });

  it.each<[string, Partial<Books>, Partial<Seen>]>([
    ["a balance", { balance: 1, accepted: 21 }, { acknowledged: 21 }],
    ["a balance that is none", { dead: 2 }, {}],
    ["something dropped", { dead: 2, dropped: { expired: 1 } }, {}],
    ["something pending", { dead: 2, pending: 1 }, {}],
    ["less than was acknowledged", {}, { acknowledged: 21 }],
    ["less than Langfuse has", {}, { taken: 18 }],
    ["more than Langfuse has", {}, { taken: 16 }],
  ])("are wrong with %s", (_name, books, seen) => {
    expect(bookFaults({ ...BOOKS, ...books }, { ...SEEN, ...seen })).toHaveLength(1);
  });

  it("may have more than the clients noted where sessions have a history, but nothing pending", () => {
    const seen = { ...SEEN, acknowledged: 15, taken: 12, hasHistory: true };
    expect(bookFaults(BOOKS, seen)).toEqual([]);
    expect(bookFaults({ ...BOOKS, balance: 2, accepted: 22 }, seen)).toHaveLength(1);
    expect(bookFaults({ ...BOOKS, dead: 2, pending: 1 }, seen)).toHaveLength(1);
  });

  it("have what was sampled, all of it and once", () => {
    const books = { ...BOOKS, dead: 0, dropped: { sampled: 3 } };
    expect(bookFaults(books, { ...SEEN, sampled: 3 })).toEqual([]);
    for (const sampled of [0, 2, 4]) {
      expect(bookFaults(books, { ...SEEN, sampled })).toHaveLength(1);
    }
    // Of turns that are not over less may have been sampled yet, never more.
    expect(bookFaults(books, { ...SEEN, sampled: 4, isWhole: false })).toEqual([]);
    expect(bookFaults(books, { ...SEEN, sampled: 2, isWhole: false })).toHaveLength(1);
  });

  it("may have something pending where a turn was not acknowledged to its end", () => {
    expect(bookFaults({ ...BOOKS, dead: 2, pending: 1 }, { ...SEEN, isWhole: false })).toEqual([]);
  });
});

it("the records of a turn stand for all of its actions", () => {
  const all = plan();
  const records = recordsOf(all);
  const actions = all.flatMap(({ turns }) => turns.flatMap(({ requests }) => requests));
  const sum = actions.reduce((total, request) => total + request.actions.length, 0);
  expect(takenActions(records, new Set(records.map(({ key }) => key)))).toBe(sum);
  expect(takenActions(records, new Set())).toBe(0);
});
