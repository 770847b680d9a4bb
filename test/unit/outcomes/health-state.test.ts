import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_WAITING_OBJECTS } from "../../../src/outcomes/waiting-objects.ts";
import type { HealthReport } from "../../../src/protocol/health-calls.ts";
import {
  applyReport,
  EMPTY_HEALTH,
  type StoredHealth,
  viewOf,
} from "../../../src/outcomes/health-state.ts";

const T0 = 1_795_380_000_000;
const DAY = 24 * 3_600_000;

const report = (more: Partial<HealthReport> = {}): HealthReport => ({
  at: T0,
  delivered: 0,
  dead: 0,
  pending: [],
  ...more,
});
const failed = (at: number, failureClass = "unavailable", retryAfterMs?: number): HealthReport =>
  report({
    at,
    failure: { class: failureClass, ...(retryAfterMs !== undefined && { retryAfterMs }) },
  });
const after = (...reports: HealthReport[]): StoredHealth =>
  reports.reduce(applyReport, EMPTY_HEALTH);

/** How long the breaker is open after each of `count` failed passes in a row. */
function openings(count: number, failureClass: string): number[] {
  let state = EMPTY_HEALTH;
  return Array.from({ length: count }, (_, index) => {
    const at = T0 + index * DAY;
    state = applyReport(state, failed(at, failureClass));
    return state.openUntil === undefined ? 0 : state.openUntil - at;
  });
}

describe("what a project's health says", () => {
  it("counts what went well before a pass, and when, and no failure away by it", () => {
    const failures = [failed(T0), failed(T0 + 1)];
    const told = { ...failed(T0 + 2), earlier: { delivered: 7, last: T0 - 5 } };
    const state = viewOf(after(...failures, told));
    expect(state).toMatchObject({ delivered: 7, lastDelivery: T0 - 5, failures: 3 });
    expect(viewOf(after(report({ delivered: 1 }), told)).lastDelivery).toBe(T0);
  });

  it("sums what was delivered and died, and remembers the last delivery", () => {
    const state = after(
      report({ delivered: 3, dead: 1 }),
      report({ at: T0 + 5, delivered: 2 }),
      report({ at: T0 + 9, dead: 1 }),
    );
    expect(viewOf(state)).toEqual({
      delivered: 5,
      dead: 2,
      failures: 0,
      pending: 0,
      lastDelivery: T0 + 5,
      kinds: { observation: { failures: 0, lastDelivery: T0 + 5 } },
    });
  });

  it("keeps an error with its beginning until a whole pass went well", () => {
    const twice = after(failed(T0), failed(T0 + 10));
    expect(twice.lastError).toEqual({ class: "unavailable", since: T0, last: T0 + 10 });
    const other = applyReport(twice, failed(T0 + 20, "timeout"));
    expect(other.lastError).toEqual({ class: "timeout", since: T0 + 20, last: T0 + 20 });
    const half = applyReport(other, { ...failed(T0 + 30, "timeout"), delivered: 4 });
    expect(half.lastError).toEqual({ class: "timeout", since: T0 + 20, last: T0 + 30 });
    const nothing = applyReport(half, report({ at: T0 + 35 }));
    expect(nothing.lastError).toEqual(half.lastError);
    const whole = applyReport(nothing, report({ at: T0 + 40, delivered: 1 }));
    expect(whole).not.toHaveProperty("lastError");
  });
});

describe("the breaker's part", () => {
  it("opens at the third failure in a row, longer each time, for half a minute at most", () => {
    expect(openings(10, "unavailable")).toEqual(
      [0, 0, 5, 10, 20, 30, 30, 30, 30, 30].map((seconds) => seconds * 1000),
    );
  });

  it.each(["unauthorized", "wrong_url", "request_refused"])(
    "goes on to a minute for %s",
    (lasting) => {
      expect(openings(15, lasting)).toEqual(
        [0, 0, 5, 10, 20, 30, 30, 30, 30, 30, 60, 60, 60, 60, 60].map((seconds) => seconds * 1000),
      );
    },
  );

  it("stays open at once for as long as Langfuse asks, within reason", () => {
    expect(after(failed(T0, "rate_limited", 30_000)).openUntil).toBe(T0 + 30_000);
    expect(after(failed(T0, "rate_limited", DAY)).openUntil).toBe(T0 + 15 * 60_000);
    const third = after(failed(T0), failed(T0), failed(T0, "rate_limited", 1000));
    expect(third.openUntil).toBe(T0 + 5000);
  });

  it("obeys only a limit for long: any other wait one record may have brought about", () => {
    expect(after(failed(T0, "unavailable", DAY)).openUntil).toBeUndefined();
  });

  it("keeps nobody back for long while Langfuse takes something", () => {
    const failing = Array.from({ length: 9 }, (_, index) => failed(T0 + index, "unavailable", DAY));
    const state = after(report({ at: T0 - 100_000, delivered: 1 }), ...failing);
    expect((state.openUntil ?? 0) - T0).toBeLessThanOrEqual(5_008);
    expect(state.kinds?.observation?.apartUntil).toBeGreaterThan(T0 + 60_000);
    const never = after(...failing);
    expect(never.kinds?.observation).not.toHaveProperty("apartUntil");
    // A limit counts requests: it is nobody's content.
    const limited = after(report({ delivered: 1 }), failed(T0 + 1, "rate_limited", 90_000));
    expect(limited.kinds?.observation).toEqual({
      failures: 1,
      failedAt: T0 + 1,
      lastDelivery: T0,
      openUntil: T0 + 90_001,
      openedAt: T0 + 1,
    });
  });

  it("opens by passes that fail side by side, and opens no longer for them", () => {
    const beside = (at: number): HealthReport => ({ ...failed(at), began: T0 - 9_000 });
    const state = after(beside(T0), beside(T0 + 1), beside(T0 + 2), beside(T0 + 3), beside(T0 + 4));
    expect(state).toMatchObject({ failures: 3, openUntil: T0 + 2 + 5_000 });
    // The next one was sent when it was known.
    const next = applyReport(state, { ...failed(T0 + 9_000), began: T0 + 8_000 });
    expect(next).toMatchObject({ failures: 4, openUntil: T0 + 19_000 });
    // A clock that stepped back says nothing of what was side by side.
    const back = applyReport(state, { ...failed(T0 - 60_000), began: T0 - 61_000 });
    expect(back).toMatchObject({ failures: 4, openUntil: T0 - 50_000 });
    // A limit is obeyed, whoever hears of it.
    const limited = applyReport(state, { ...failed(T0 + 5, "rate_limited", 60_000), began: T0 });
    expect(limited).toMatchObject({ openUntil: T0 + 60_005 });
  });

  it("closes for a pass that delivered something beside those that failed", () => {
    const open = after(failed(T0), failed(T0), failed(T0), failed(T0), failed(T0));
    expect(open).toMatchObject({ failures: 5, openUntil: T0 + 20_000 });
    const partly = { ...failed(T0 + 1), delivered: 3, began: T0 - 9_000 };
    expect(applyReport(open, partly).failures).toBe(1);
    expect(applyReport(open, partly)).not.toHaveProperty("openUntil");
  });

  it("is each kind's own", () => {
    const failure = { class: "request_refused" };
    const scores = Array.from({ length: 5 }, (_, index) =>
      report({
        at: T0 + index,
        delivered: 2,
        failure,
        kinds: [
          { kind: "observation", delivered: 2, dead: 0 },
          { kind: "score", delivered: 0, dead: 0, failure },
        ],
      }),
    );
    const { kinds, openUntil } = after(...scores);
    expect(kinds?.observation).toEqual({ failures: 0, lastDelivery: T0 + 4 });
    expect(kinds?.score).toEqual({
      failures: 5,
      failedAt: T0 + 4,
      openUntil: T0 + 4 + 20_000,
      openedAt: T0 + 4,
    });
    expect(openUntil).toBeUndefined();
  });

  it("closes when Langfuse answers, even if only to refuse", () => {
    const open = after(failed(T0), failed(T0), failed(T0));
    expect(applyReport(open, report({ dead: 1 }))).toMatchObject({ failures: 0 });
    expect(applyReport(open, report({ dead: 1 }))).not.toHaveProperty("openUntil");
    expect(applyReport(open, report())).toMatchObject({ failures: 3, openUntil: T0 + 5000 });
  });

  it("counts anew after a pass that delivered something before it failed", () => {
    const state = after(failed(T0), failed(T0), { ...failed(T0), delivered: 1 });
    expect(state.failures).toBe(1);
    expect(state).not.toHaveProperty("openUntil");
  });
});

describe("what waits", () => {
  it("is the sum of what each object said last", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "d"), fc.nat(5)))),
        (reports) => {
          const last = new Map(reports.flat());
          const sum = [...last.values()].reduce((total, count) => total + count, 0);
          const state = after(...reports.map((pending) => report({ pending })));
          expect(viewOf(state).pending).toBe(sum);
        },
      ),
    );
  });

  it("is bounded by objects, and beyond that about right, however often each is reported", () => {
    const count = 12_000;
    const many = Array.from({ length: count }, (_, index): [string, number] => [
      `object-${index}`,
      2,
    ]);
    const batches = Array.from({ length: count / 100 }, (_, n) =>
      many.slice(n * 100, n * 100 + 100),
    );
    let state = EMPTY_HEALTH;
    const hear = (sent: readonly [string, number][][]): void => {
      for (const pending of sent) state = applyReport(state, report({ pending }));
    };
    for (let retries = 0; retries < 10; retries += 1) {
      hear(batches);
      expect(state.waiting.length).toBeLessThanOrEqual(MAX_WAITING_OBJECTS);
      expect(Math.abs(viewOf(state).pending / (2 * count) - 1)).toBeLessThan(0.2);
    }
    // Most are delivered: what is left is exact again with its next retries.
    hear(batches.slice(3).map((batch) => batch.map(([object]) => [object, 0])));
    for (let retries = 0; retries < 10; retries += 1) hear(batches.slice(0, 3));
    expect(viewOf(state).pending).toBe(600);
    hear(batches.slice(0, 3).map((batch) => batch.map(([object]) => [object, 0])));
    expect(viewOf(state).pending).toBe(0);
    expect(state).not.toHaveProperty("sampled");
  });

  it("is about right where an earlier version wrote into a sample that it does not know of", () => {
    const waiting = Array.from({ length: MAX_WAITING_OBJECTS }, (_, index) => ({
      object: `object-${index}`,
      records: 2,
      at: T0,
      since: T0,
    }));
    const left: StoredHealth = { ...EMPTY_HEALTH, waiting, sampled: 4 };
    const pending = waiting.map(({ object }): [string, number] => [object, 2]);
    let state = left;
    for (let retries = 0; retries < 2; retries += 1)
      state = applyReport(state, report({ pending }));
    expect(viewOf(state).pending / (2 * MAX_WAITING_OBJECTS)).toBeLessThan(1.5);
  });

  it("forgets an object that was silent for a day", () => {
    const state = after(
      report({ pending: [["gone", 3]] }),
      report({ at: T0 + DAY - 1, pending: [["there", 2]] }),
    );
    expect(viewOf(state).pending).toBe(5);
    expect(viewOf(applyReport(state, report({ at: T0 + DAY }))).pending).toBe(2);
  });

  it("leaves the state before it untouched, and is plain data", () => {
    const state = after(report({ pending: [["a", 1]] }));
    const copy = structuredClone(state);
    applyReport(state, { ...failed(T0 + 1), pending: [["a", 0]] });
    expect(state).toEqual(copy);
  });
});
