import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyCell, mergeCell } from "../../../src/figures/cells/cell.ts";
import { HOUR_BOUNDS } from "../../../src/figures/cells/cell-table.ts";
import { binsOf, MAX_BINS } from "../../../src/figures/cells/full-table.ts";
import { addFigures, addPost, emptySlice } from "../../../src/figures/cells/slice.ts";
import { DAY_MS, HOUR_MS, HOURS_KEPT_MS, MINUTE_MS } from "../../../src/figures/read/query.ts";
import { MetricsStore } from "../../../src/metrics/metrics-store.ts";
import type { Cell, CellTable } from "../../../src/protocol/figures/cells.ts";
import { METRIC_NAMES } from "../../../src/protocol/figures/dimensions.ts";
import type { FiguresBatch, FiguresQuery } from "../../../src/protocol/figures/figures-calls.ts";
import type { TurnFigures } from "../../../src/protocol/figures/turn-figures.ts";
import { arbitraryFigures } from "../figures/arbitrary-figures.ts";
import { AT } from "../figures/records.ts";
import { runs } from "../../support/runs.ts";
import { MemoryKv } from "../outcomes/ledger/memory-kv.ts";

const storeOn = (storage: MemoryKv): MetricsStore => new MetricsStore(storage);
const START = AT - (AT % HOUR_MS);
const batchOf = (id: string, figures: TurnFigures[]): FiguresBatch => ({
  id,
  figures,
  posts: figures.map(({ at }) => ({ kind: "observation", at, ms: 80, answer: "delivered" })),
  objects: [id],
});
const queryOf = (from: number, to: number, stepMs: number): FiguresQuery => ({
  from,
  to,
  stepMs,
  filters: {},
  metrics: [],
  parts: ["speed"],
});
const minutes = (now: number): FiguresQuery =>
  queryOf(START - 40 * HOUR_MS, now + HOUR_MS, 5 * MINUTE_MS);
const hours = (now: number): FiguresQuery => queryOf(START - HOURS_KEPT_MS, now + HOUR_MS, HOUR_MS);
const turn = (at: number, more: Partial<TurnFigures> = {}): TurnFigures => ({
  trace: "t",
  isTurn: true,
  at,
  assistant: "Claude",
  metrics: { turn: 100 },
  ...more,
});
const turnsIn = (cells: CellTable): number => total(cells).turns;
function total(cells: CellTable): Cell {
  const sum = emptyCell();
  for (const cell of Object.values(cells)) mergeCell(sum, cell);
  return sum;
}

interface Told {
  id: string;
  figures: TurnFigures[];
  waits: number;
  /** The object was evicted before it. */
  cold: boolean;
  /** Told again. */
  twice: boolean;
  /** Its first try fails at this write. */
  failsAt: number | undefined;
}
const told: fc.Arbitrary<Told[]> = fc
  .array(
    fc.record({
      figures: fc.array(arbitraryFigures, { minLength: 1, maxLength: 5 }),
      waits: fc.oneof(fc.nat(10), fc.constantFrom(30 * MINUTE_MS, 2 * HOUR_MS)),
      cold: fc.boolean(),
      twice: fc.boolean(),
      failsAt: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    }),
    { maxLength: 8 },
  )
  .map((all) => all.map((one, n) => ({ ...one, id: `batch-${n}` })));

describe("a project's stored figures", () => {
  it("are those of all batches, each once, through evictions and failing writes", () => {
    fc.assert(
      fc.property(told, (batches) => {
        const storage = new MemoryKv();
        let store = storeOn(storage);
        let now = START + 20 * MINUTE_MS;
        const expected = emptySlice();
        for (const { id, figures, waits, cold, twice, failsAt } of batches) {
          now += waits;
          if (cold) store = storeOn(storage);
          const batch = batchOf(id, figures);
          storage.failsAt = failsAt === undefined ? undefined : storage.writes + failsAt;
          try {
            store.tell(batch, now);
          } catch {
            expect(failsAt).toBeDefined();
          }
          storage.failsAt = undefined;
          // What failed is told again, and what did not counts no more.
          store.tell(batch, now + 5);
          if (twice) expect(store.tell(batch, now + 10)).toBe(false);
          for (const one of batch.figures) addFigures(expected, one, HOUR_BOUNDS);
          for (const one of batch.posts) addPost(expected, one);
        }
        for (const reader of [store, storeOn(storage)]) {
          for (const query of [minutes(now), hours(now)]) {
            const answer = reader.read(query);
            expect(answer.cells).toEqual(expected.cells);
            expect(answer.errors).toEqual(expected.errors);
            expect(answer.langfuse).toEqual(expected.langfuse);
            expect(answer.sessions).toEqual(expected.sessions);
            const steps = emptyCell();
            for (const step of answer.steps) mergeCell(steps, step.total);
            expect(steps.turns).toBe(turnsIn(expected.cells));
          }
          expect(turnsIn(reader.totals().cells)).toBe(turnsIn(expected.cells));
          expect(reader.totals().langfuse).toEqual(expected.langfuse);
        }
      }),
      { numRuns: runs(60) },
    );
  });

  it("write one row for a batch whose turns ended in one minute", () => {
    const storage = new MemoryKv();
    const store = storeOn(storage);
    store.tell(batchOf("first", [turn(START)]), START + 1000);
    const before = storage.writes;
    for (let n = 1; n <= 50; n += 1) {
      store.tell(batchOf(`batch-${n}`, [turn(START + n * 1000), turn(START)]), START + n * 1000);
    }
    expect(storage.writes - before).toBe(50);
    expect(storage.keys()).toEqual(["closed", `minute/${String(START).padStart(16, "0")}/0`]);
  });

  it("write a few rows for a batch, whenever its clients say that their turns ended", () => {
    const storage = new MemoryKv();
    const store = storeOn(storage);
    const now = START + 20 * DAY_MS;
    store.tell(batchOf("first", [turn(START)]), START);
    store.tell(batchOf("second", [turn(now)]), now);
    const before = storage.writes;
    const figures = Array.from({ length: 256 }, (_, n) => turn(now - n * 97 * MINUTE_MS));
    store.tell(batchOf("scattered", figures), now);
    expect(storage.writes - before).toBeLessThan(60);
    expect(store.tell(batchOf("scattered", figures), now + 30_000)).toBe(false);
    expect(turnsIn(store.read(hours(now)).cells)).toBe(258);
    expect(turnsIn(store.totals().cells)).toBe(258);
  });

  it("stay within what an object can read, whatever clients say, with exact totals", () => {
    const storage = new MemoryKv();
    const store = storeOn(storage);
    const ms = (n: number): number => 1.023 ** n;
    let turns = 0;
    for (let minute = 0; minute < 8; minute += 1) {
      const now = START + minute * MINUTE_MS;
      for (let part = 0; part < 4; part += 1) {
        const figures = Array.from({ length: 40 }, (_, n) =>
          turn(now, {
            assistant: `a${part * 40 + n}`,
            tools: Array.from({ length: 1200 }, (_tool, at) => ({
              name: `t${at % 8}`,
              ms: ms(Math.floor(at / 8) + minute * 150),
            })),
          }),
        );
        store.tell(batchOf(`${minute}/${part}`, figures), now);
        turns += figures.length;
      }
    }
    const later = START + HOUR_MS;
    store.tell(batchOf("later", [turn(later)]), later);
    const pieces = [...storage.kv.list<string>({ prefix: "hour/" })].map(([, piece]) => piece);
    const hour = JSON.parse(pieces.join("")) as { cells: CellTable };
    expect(binsOf(hour.cells)).toBeLessThan(1.3 * MAX_BINS);
    const answer = storeOn(storage).read(hours(later));
    expect(binsOf(answer.cells)).toBeLessThan(1.3 * MAX_BINS);
    expect(turnsIn(answer.cells)).toBe(turns + 1);
    expect(turnsIn(store.totals().cells)).toBe(turns + 1);
    expect(binsOf(store.totals().cells)).toBeLessThan(10_000);
  });

  it("keep minutes for two days and hours for thirty, and forget the rest", () => {
    const storage = new MemoryKv();
    const store = storeOn(storage);
    let now = START;
    const every = 20 * MINUTE_MS;
    for (; now < START + 35 * DAY_MS; now += every) {
      store.tell(batchOf(`b${now}`, [turn(now)]), now + 1000);
    }
    const kept = (prefix: string): number[] =>
      storage
        .keys()
        .filter((key) => key.startsWith(prefix))
        .map((key) => Number(key.split("/")[1]));
    expect(Math.min(...kept("minute/"))).toBeGreaterThan(now - 2.1 * DAY_MS);
    expect(Math.min(...kept("hour/"))).toBeGreaterThan(now - 31.1 * DAY_MS);
    expect(kept("hour/").length).toBeLessThan(31.2 * 24);
    expect(turnsIn(store.read(hours(now)).cells)).toBeGreaterThan(30 * 24 * 3 - 5);
    // Counters never fall.
    expect(turnsIn(store.totals().cells)).toBe((35 * DAY_MS) / every);
    expect(store.tidy(now + 40 * DAY_MS)).toBe(false);
    expect(storage.keys()).toEqual(["closed"]);
    expect(turnsIn(store.totals().cells)).toBe((35 * DAY_MS) / every);
  });

  it("count what comes late in its own hour, and a time that can't be in the nearest that can", () => {
    const store = storeOn(new MemoryKv());
    store.tell(batchOf("a", [turn(START)]), START + 1000);
    const now = START + 60 * HOUR_MS;
    store.tell(batchOf("b", [turn(now)]), now);
    store.tell(batchOf("late", [turn(START + 1), turn(now - HOUR_MS)]), now);
    store.tell(batchOf("odd", [turn(now + 5 * DAY_MS), turn(5)]), now);
    expect(store.tell(batchOf("late", [turn(START + 1), turn(now - HOUR_MS)]), now)).toBe(false);
    const old = store.read(queryOf(START, START + HOUR_MS, HOUR_MS));
    expect(turnsIn(old.cells)).toBe(2);
    expect(turnsIn(store.read(queryOf(now - HOUR_MS, now + HOUR_MS, MINUTE_MS)).cells)).toBe(3);
    expect(turnsIn(store.read(hours(now)).cells)).toBe(6);
    expect(turnsIn(store.totals().cells)).toBe(6);
  });

  it("keep what an error says, and since when it is known", () => {
    const storage = new MemoryKv();
    const store = storeOn(storage);
    const error = (fingerprint: string) => ({ fingerprint, type: "E", message: "m", count: 2 });
    const failing = turn(START, { errors: [error("one")], release: "r1" });
    store.tell(batchOf("a", [failing]), START);
    const later = START + 3 * HOUR_MS;
    store.tell(batchOf("b", [{ ...failing, at: later, trace: "u", release: "r2" }]), later);
    const { groups, errors } = storeOn(storage).read(queryOf(START, later + HOUR_MS, HOUR_MS));
    expect(errors).toEqual({ one: 4 });
    expect(groups).toMatchObject([
      {
        fingerprint: "one",
        count: 4,
        first: START,
        last: later,
        releases: ["r2", "r1"],
        trace: "u",
      },
    ]);
    for (let n = 0; n < 400; n += 1) {
      const at = later + n;
      store.tell(batchOf(`n${n}`, [turn(at, { errors: [error(`e${n}`)] })]), at);
    }
    const stored = JSON.parse(String(storage.kv.get("errors"))) as object;
    expect(Object.keys(stored)).toHaveLength(200);
    expect(stored).not.toHaveProperty("one");
  });

  it("split a slice that is longer than a row", () => {
    const storage = new MemoryKv();
    const store = storeOn(storage);
    const figures = Array.from({ length: 200 }, (_, n) =>
      turn(START, {
        assistant: `${n}-${"x".repeat(100)}`,
        tools: Array.from({ length: 32 }, (_tool, t) => ({
          name: `${t}-${"y".repeat(100)}`,
          ms: t,
        })),
      }),
    );
    store.tell(batchOf("a", figures), START);
    expect(storage.keys().filter((key) => key.startsWith("minute/")).length).toBeGreaterThan(1);
    expect(turnsIn(storeOn(storage).read(minutes(START)).cells)).toBe(200);
  });

  it("split the totals that are longer than a row, and read them whole", () => {
    const storage = new MemoryKv();
    const store = storeOn(storage);
    for (let part = 0; part < 40; part += 1) {
      const figures = Array.from({ length: 500 }, (_, n) => {
        const ms = 1.02 ** (part * 10 + Math.floor(n / 50));
        const metrics = Object.fromEntries(METRIC_NAMES.map((name) => [name, ms]));
        return turn(START, { assistant: `a${n % 50}`, metrics });
      });
      store.tell(batchOf(`b${part}`, figures), START);
    }
    const later = START + HOUR_MS;
    store.tell(batchOf("later", [turn(later)]), later);
    const rows = [...storage.kv.list<string>({ prefix: "closed" })];
    expect(rows.length).toBeGreaterThan(1);
    for (const [, row] of rows) expect(row.length).toBeLessThan(1_000_000);
    expect(turnsIn(storeOn(storage).totals().cells)).toBe(20_001);
    expect(storeOn(storage).totals()).toEqual(store.totals());
  });

  it("split errors that are longer than a row, and forget their pieces with them", () => {
    const storage = new MemoryKv();
    const store = storeOn(storage);
    const figures = Array.from({ length: 200 }, (_, n) => {
      const words = { message: '"'.repeat(300), stack: "\n".repeat(2000) };
      const error = { fingerprint: String(n).padStart(16, "0"), type: "E", ...words, count: 1 };
      return turn(START, { errors: [error], release: `${n}-${"ж".repeat(100)}` });
    });
    store.tell(batchOf("a", figures), START);
    const rows = () => [...storage.kv.list<string>({ prefix: "errors" })].map(([, row]) => row);
    expect(rows().length).toBeGreaterThan(1);
    for (const row of rows()) expect(row.length).toBeLessThan(1_000_000);
    const { groups } = storeOn(storage).read(queryOf(START, START + HOUR_MS, MINUTE_MS));
    expect(groups.length).toBeGreaterThan(90);
    store.tidy(START + 40 * DAY_MS);
    expect(rows()).toEqual(["{}"]);
  });

  it("read slices of a version that knew less", () => {
    const storage = new MemoryKv();
    const key = `minute/${String(START).padStart(16, "0")}/0`;
    storage.kv.put(key, JSON.stringify({ v: 1, cells: {}, errors: { a: 1 } }));
    storage.kv.put(
      "closed",
      JSON.stringify({ v: 1, since: START, until: START, totals: { cells: {}, langfuse: {} } }),
    );
    const store = storeOn(storage);
    store.tell(batchOf("a", [turn(START)]), START);
    const answer = store.read(minutes(START));
    expect(answer.errors).toEqual({ a: 1 });
    expect(turnsIn(answer.cells)).toBe(1);
  });
});
