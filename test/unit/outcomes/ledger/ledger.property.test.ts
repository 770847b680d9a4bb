// The ledger's arithmetic: whatever order reports come in, however often, and whichever are lost, each source counts
// by the latest that arrived; over cold starts, and where a write fails.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { balanceOf, type Figures } from "../../../../src/protocol/books/figures.ts";
import type { NamedReport } from "../../../../src/protocol/books/ledger-calls.ts";
import {
  applyReport,
  emptyLedger,
  MAX_SOURCES,
} from "../../../../src/outcomes/ledger/ledger-state.ts";
import { Ledger } from "../../../../src/outcomes/ledger/ledger.ts";
import { RING } from "../../../../src/outcomes/ledger/ledger-store.ts";
import { runs } from "../../../support/runs.ts";
import { MemoryKv } from "./memory-kv.ts";

const T0 = 1_795_380_000_000;
const NAMES = ["accepted", "delivered", "dead", "dropped:forgotten", "dropped:expired"] as const;

/** What happens to one session, step by step: each step moves some actions on, or accepts some. */
const stepsArb = fc.array(
  fc.record({
    add: fc.nat(9),
    move: fc.nat(9),
    to: fc.constantFrom(...NAMES.slice(1)),
    ms: fc.nat(90_000),
  }),
  { minLength: 1, maxLength: 12 },
);

interface Story {
  source: string;
  reports: NamedReport[];
}

function storyOf(
  source: string,
  steps: typeof stepsArb extends fc.Arbitrary<infer T> ? T : never,
): Story {
  const counts: Record<string, number> = {};
  let pending = 0;
  let at = T0;
  let before: Figures | undefined;
  const reports: NamedReport[] = [];
  for (const { add, move, to, ms } of steps) {
    at += ms + 1;
    counts["accepted"] = (counts["accepted"] ?? 0) + add;
    const moved = Math.min(move, pending + add);
    counts[to] = (counts[to] ?? 0) + moved;
    pending += add - moved;
    const all = { ...counts, pending };
    const figures = Object.fromEntries(Object.entries(all).filter(([, count]) => count !== 0));
    reports.push({ source, born: T0, at, figures, ...(before && { before }) });
    before = figures;
  }
  return { source, reports };
}

const storiesArb = fc
  .array(stepsArb, { minLength: 1, maxLength: 6 })
  .map((all) => all.map((steps, n) => storyOf(`object-${n}`, steps)));

const sumOf = (all: readonly Figures[]): Figures => {
  const sum = new Map<string, number>();
  for (const figures of all) {
    for (const [name, count] of Object.entries(figures))
      sum.set(name, (sum.get(name) ?? 0) + count);
  }
  return Object.fromEntries([...sum].filter(([, count]) => count !== 0));
};

const latestOf = (reports: readonly NamedReport[]): NamedReport[] => {
  const latest = new Map<string, NamedReport>();
  for (const report of reports) {
    if (report.at >= (latest.get(report.source)?.at ?? 0)) latest.set(report.source, report);
  }
  return [...latest.values()];
};

describe("the ledger", () => {
  it("counts each source by the latest report that arrived, in any order, with repeats and losses", async () => {
    await fc.assert(
      fc.asyncProperty(storiesArb, fc.infiniteStream(fc.nat(99)), async (stories, dice) => {
        const roll = (): number => Number(dice.next().value);
        const sent = stories.flatMap(({ reports }) => reports);
        const arriving = sent.flatMap((report) =>
          roll() < 25 ? [] : roll() < 30 ? [report, report] : [report],
        );
        arriving.sort(() => (roll() < 30 ? 1 : -1));
        const storage = new MemoryKv();
        let now = T0;
        let ledger = new Ledger(storage, () => now);
        for (let from = 0; from < arriving.length;) {
          const count = 1 + (roll() % 4);
          const some = arriving.slice(from, from + count);
          if (roll() < 10) {
            storage.failsAt = storage.writes + 1;
            await expect(ledger.take(some)).rejects.toThrow();
            storage.failsAt = undefined;
          }
          await ledger.take(some);
          if (roll() < 20) ledger = new Ledger(storage, () => now);
          from += count;
          now += roll() * 1_000;
        }
        const latest = latestOf(arriving);
        const { totals, pendingSince, minutes, hours } = await ledger.books({
          minutes: 2_880,
          hours: 720,
        });
        expect(totals).toEqual(sumOf(latest.map(({ figures }) => figures)));
        expect(balanceOf(totals)).toBe(0);
        const waits = latest.some(({ figures }) => (figures["pending"] ?? 0) > 0);
        expect(pendingSince !== undefined).toBe(waits);
        const { pending: _pending, ...flow } = totals;
        expect(sumOf(minutes.map(({ figures }) => figures))).toEqual(flow);
        expect(sumOf(hours.map(({ figures }) => figures))).toEqual(flow);
      }),
      { numRuns: runs(400) },
    );
  });

  it("loses nothing of sources that it has forgotten, as long as each report arrives", async () => {
    const storage = new MemoryKv();
    let now = T0;
    let ledger = new Ledger(storage, () => now);
    const stories = Array.from({ length: 3 * RING }, (_, n) => {
      const steps = [
        { add: 5, move: 5, to: "delivered" as const, ms: n },
        { add: 4, move: 3, to: "dead" as const, ms: 86_400_000 },
      ];
      return storyOf(`object-${n}`, steps);
    });
    for (const turn of [0, 1]) {
      for (const { reports } of stories) {
        const report = reports[turn];
        if (report) await ledger.take([report]);
        now += 10;
      }
      ledger = new Ledger(storage, () => now);
    }
    const count = stories.length;
    const { totals, pendingSince } = await ledger.books({});
    expect(totals).toEqual({
      accepted: 9 * count,
      delivered: 5 * count,
      dead: 3 * count,
      pending: count,
    });
    // The first of those that wait is still known, over all that came after it.
    expect(pendingSince).toBe(stories[0]?.reports[1]?.at);
    expect(storage.keys().filter((key) => key.startsWith("told/"))).toHaveLength(RING);
  });

  it("remembers a bounded number of sources", () => {
    const state = emptyLedger();
    for (let n = 0; n < MAX_SOURCES + 50; n += 1) {
      const pending = n < 10 ? 1 : 0;
      const figures = { accepted: 1, ...(pending ? { pending } : { delivered: 1 }) };
      applyReport(state, { source: `s${n}`, born: n + 1, at: n + 1, figures });
    }
    expect(state.sources.size).toBe(MAX_SOURCES);
    expect(state.sources.has("s0")).toBe(true);
    expect(state.sources.has("s10")).toBe(false);
    expect(balanceOf(state.totals)).toBe(0);
  });

  it("counts what an object held that lost its journal and began anew", () => {
    const state = emptyLedger();
    const report = { source: "a", born: T0, at: T0 + 1 };
    applyReport(state, { ...report, figures: { accepted: 9, delivered: 4, dead: 2, pending: 3 } });
    const anew = { source: "a", born: T0 + 50, at: T0 + 60, figures: { accepted: 2, dead: 2 } };
    applyReport(state, anew);
    applyReport(state, anew);
    // What comes late of the one before is not news.
    applyReport(state, { ...report, at: T0 + 99, figures: { accepted: 10, delivered: 10 } });
    expect(state.totals).toEqual({
      accepted: 11,
      delivered: 4,
      dead: 2,
      "dropped:journal_lost": 5,
    });
    expect(balanceOf(state.totals)).toBe(0);
  });

  it("counts all of an object that came back after its time as new", () => {
    const state = emptyLedger();
    const figures = { accepted: 9, delivered: 9 };
    applyReport(state, { source: "a", born: T0, at: T0, figures });
    applyReport(state, { source: "a", born: T0 + 1, at: T0 + 1, figures });
    expect(state.totals).toEqual({ accepted: 18, delivered: 18 });
  });
});

describe("the figures over time", () => {
  it("are kept by the minute for two days and by the hour for thirty", async () => {
    const storage = new MemoryKv();
    let now = Date.UTC(2036, 0, 1, 0, 30);
    const began = now;
    const ledger = new Ledger(storage, () => now);
    const hours = 40 * 24;
    for (let n = 0; n < hours; n += 1) {
      const figures = { accepted: n + 1, delivered: n + 1 };
      await ledger.take([{ source: "a", born: began, at: now, figures }]);
      now += 3_600_000;
    }
    const books = await ledger.books({ minutes: 9_999, hours: 9_999 });
    expect(books.totals).toEqual({ accepted: hours, delivered: hours });
    expect(books.minutes.length).toBeGreaterThanOrEqual(47);
    expect(books.minutes.length).toBeLessThanOrEqual(48);
    expect(books.hours.length).toBeGreaterThanOrEqual(719);
    expect(books.hours.length).toBeLessThanOrEqual(720);
    const rows = storage.keys().filter((key) => /^(minutes|hours)\//.test(key));
    expect(rows.length).toBeLessThanOrEqual(50 + 32);
    expect((await ledger.books({ hours: 2 })).hours).toHaveLength(1);
    expect((await ledger.books({})).minutes).toEqual([]);
  });
});

describe("the index of dead letters", () => {
  const letter = (ordinal: number, at: number, reason = "refused") => ({
    ordinal,
    kind: "observation" as const,
    actions: 1,
    size: 10,
    reason,
    message: "no",
    at,
    deaths: 1,
  });
  const report = { born: T0, at: T0, figures: {} };

  it("has what each object told last, newest first, in pages that nothing falls between", async () => {
    const ledger = new Ledger(new MemoryKv(), () => T0);
    const [a, b] = ["a".repeat(64), "b".repeat(64)];
    await ledger.announce({ object: a, letters: [letter(1, T0), letter(2, T0)] }, report);
    const more = Array.from({ length: 30 }, (_, n) =>
      letter(n, T0 + (n % 7), n % 2 ? "too_large" : "refused"),
    );
    await ledger.announce({ object: b, letters: more }, report);
    await ledger.announce({ object: a, letters: [letter(2, T0)] }, report);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await ledger.deadLetters({ limit: 4, ...(cursor !== undefined && { cursor }) });
      expect(page).toMatchObject({ total: 31, byReason: { refused: 16, too_large: 15 } });
      seen.push(
        ...page.letters.map(({ object, ordinal, at }) => `${at - T0} ${object[0]} ${ordinal}`),
      );
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(new Set(seen).size).toBe(31);
    const times = seen.map((one) => Number(one.split(" ")[0]));
    expect(times).toEqual(times.toSorted((one, other) => other - one));
    const { letters } = await ledger.deadLetters({ limit: 99, reason: "too_large" });
    expect(letters).toHaveLength(15);
    await ledger.forgetLetters({ [b]: more.map(({ ordinal }) => ordinal), ["c".repeat(64)]: [1] });
    expect((await ledger.deadLetters({ limit: 99 })).letters).toMatchObject([
      { object: a, ordinal: 2 },
    ]);
    await ledger.announce({ object: a, letters: [] }, report);
    expect(await ledger.deadLetters({ limit: 99 })).toEqual({
      letters: [],
      total: 0,
      byReason: {},
    });
  });

  it("is bounded: an object that finds no room tells again later", async () => {
    const ledger = new Ledger(new MemoryKv(), () => T0);
    const many = Array.from({ length: 1_000 }, (_, n) => letter(n, T0));
    const answers: boolean[] = [];
    for (let n = 0; n < 11; n += 1) {
      const { known } = await ledger.announce({ object: `${n}`, letters: many }, report);
      answers.push(known);
    }
    expect(answers).toEqual([...Array<boolean>(10).fill(true), false]);
    expect(await ledger.announce({ object: "3", letters: [] }, report)).toEqual({ known: true });
    expect(await ledger.announce({ object: "10", letters: many }, report)).toEqual({ known: true });
  });
});
