import { describe, expect, it } from "vitest";
import {
  applyReport,
  applyUnserved,
  EMPTY_HEALTH,
  viewOf,
} from "../../../src/outcomes/health-state.ts";
import {
  NEWS_MS,
  DEGRADED_AFTER_MS,
  healthStatus,
  WAITING_AFTER_MS,
} from "../../../src/outcomes/health-status.ts";
import type { HealthReport, HealthState } from "../../../src/protocol/health-calls.ts";

const T0 = 1_795_380_000_000;
const MINUTE = 60_000;

function after(...reports: (Partial<HealthReport> & { at: number })[]): HealthState {
  return viewOf(
    reports.reduce(
      (state, one) => applyReport(state, { delivered: 0, dead: 0, pending: [], ...one }),
      EMPTY_HEALTH,
    ),
  );
}
const failed = (at: number, left: number, failureClass = "unavailable") => ({
  at,
  failure: { class: failureClass, message: "oops" },
  pending: [["a", left]] as [string, number][],
});

describe("a project's status", () => {
  it("is degraded for a while when a session's journal could not be read, once for each", () => {
    const unreadable = { journals: 1, at: T0 - 5 * MINUTE };
    const state = after(
      { at: T0, unreadable },
      // The same journals, met again, are no news; nor are those of another session that broke before.
      { at: T0 + 30 * MINUTE, unreadable },
      { at: T0 + 31 * MINUTE, unreadable: { journals: 2, at: T0 - 6 * MINUTE } },
    );
    expect(healthStatus(state, T0 + NEWS_MS - 1)).toEqual({
      status: "degraded",
      problems: [{ code: "unreadable_journal", since: T0 }],
    });
    expect(healthStatus(state, T0 + NEWS_MS).status).toBe("ok");
  });

  it("is ok where nothing was ever told, and where all goes well", () => {
    expect(healthStatus(after(), T0)).toEqual({ status: "ok", problems: [] });
    expect(healthStatus(after({ at: T0, delivered: 3 }), T0 + 100 * MINUTE).status).toBe("ok");
  });

  it("is degraded when a failure lasts, and says why, since when and how much waits", () => {
    const state = after(failed(T0, 3));
    expect(healthStatus(state, T0 + DEGRADED_AFTER_MS - 1).status).toBe("ok");
    expect(healthStatus(state, T0 + DEGRADED_AFTER_MS)).toEqual({
      status: "degraded",
      problems: [{ code: "unavailable", since: T0, waiting: 3 }],
    });
    expect(state.lastError?.message).toBe("oops");
  });

  it("counts from the first failure, whatever the last one is called", () => {
    const state = after(
      failed(T0, 3),
      failed(T0 + MINUTE, 3, "timeout"),
      failed(T0 + MINUTE * 2, 4),
    );
    expect(healthStatus(state, T0 + 3 * MINUTE).problems).toEqual([
      { code: "unavailable", since: T0, waiting: 4 },
    ]);
  });

  it("is not mended by another session's delivery while something waits", () => {
    const other = { at: T0 + MINUTE, delivered: 9, pending: [["b", 0]] as [string, number][] };
    const state = after(failed(T0, 1), other);
    expect(healthStatus(state, T0 + 5 * MINUTE)).toEqual({
      status: "degraded",
      problems: [{ code: "unavailable", since: T0, waiting: 1 }],
    });
    const mended = after(failed(T0, 1), other, {
      at: T0 + 2 * MINUTE,
      delivered: 1,
      pending: [["a", 0]],
    });
    expect(healthStatus(mended, T0 + 5 * MINUTE).status).toBe("ok");
  });

  it("tells of what waits although nothing failed", () => {
    const state = after(
      { at: T0, delivered: 1, pending: [["a", 2]] },
      { at: T0 + MINUTE, pending: [["a", 2]] },
    );
    expect(healthStatus(state, T0 + WAITING_AFTER_MS - 1).status).toBe("ok");
    expect(healthStatus(state, T0 + WAITING_AFTER_MS).problems).toEqual([
      { code: "records_waiting", since: T0, waiting: 2 },
    ]);
  });

  it("tells of a queue that no consumer serves, while sessions say so and no consumer reports", () => {
    const told = (at: number) => applyUnserved(EMPTY_HEALTH, { at, since: T0 });
    const at = T0 + 4 * MINUTE;
    expect(healthStatus(viewOf(told(at)), at).problems).toEqual([
      { code: "queue_unserved", since: T0 },
    ]);
    expect(healthStatus(viewOf(told(at)), at + 10 * MINUTE).status).toBe("ok");
    const delivered = { at: at + 1, delivered: 1, dead: 0, pending: [] };
    expect(healthStatus(viewOf(applyReport(told(at), delivered)), at + 2).status).toBe("ok");
    // A consumer reported a moment ago: this session was only put off.
    const reported = applyReport(EMPTY_HEALTH, delivered);
    expect(applyUnserved(reported, { at: at + MINUTE, since: T0 })).toBe(reported);
    // Its clock stepped back since: that one is ten minutes old, or more.
    const back = { at: at - 10 * MINUTE, since: T0 };
    expect(applyUnserved(reported, back)).toMatchObject({ unserved: back });
  });

  it("counts what was settled twice, and tells for an hour of what no session had", () => {
    const state = after({ at: T0, delivered: 1, repeated: 3 }, { at: T0 + 1, unknown: 2 });
    expect(state).toMatchObject({ repeated: 3, unknown: { records: 2, at: T0 + 1 } });
    expect(healthStatus(state, T0 + 2).problems).toEqual([
      { code: "settle_unknown", since: T0 + 1 },
    ]);
    expect(healthStatus(state, T0 + 1 + NEWS_MS).status).toBe("ok");
  });

  it("tells of a dead letter for an hour, beside what fails", () => {
    const lastDead = { reason: "refused", message: "span is not to my taste" };
    const state = after({ at: T0, delivered: 5, dead: 1, lastDead }, { at: T0 + 1, delivered: 1 });
    expect(state.lastDead).toEqual({ ...lastDead, at: T0 });
    const dead = { code: "dead_letters", since: T0 };
    expect(healthStatus(state, T0 + NEWS_MS - 1).problems).toEqual([dead]);
    expect(healthStatus(state, T0 + NEWS_MS).status).toBe("ok");
    const both = after({ at: T0, dead: 1, lastDead }, failed(T0, 1));
    expect(healthStatus(both, T0 + DEGRADED_AFTER_MS).problems).toHaveLength(2);
  });
});
