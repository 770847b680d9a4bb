import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RecordKind } from "../../../../src/protocol/record.ts";
import { backoffMs, isTry, waitsOf } from "../../../../src/session/outbox/backoff.ts";
import type { RetryReason } from "../../../../src/protocol/session/settle-calls.ts";
import type { Ordered } from "../../../../src/session/outbox/outbox-state.ts";
import { fresh } from "../support.ts";

const MINUTE = 60_000;
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const wait = (reason: RetryReason, tries: number, forMs = 0, after?: number, random = 1): number =>
  backoffMs(reason, { tries, forMs }, after, random);

describe("backoff", () => {
  it("grows, stays in its bounds, and is never sooner than Langfuse asked for", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("unreachable" as const, "unauthorized" as const),
        fc.nat(50),
        fc.nat(48 * 60 * MINUTE),
        fc.option(fc.nat(7_200_000), { nil: undefined }),
        chance,
        (reason, tries, forMs, after, random) => {
          const ms = backoffMs(reason, { tries, forMs }, after, random);
          const max = reason === "unauthorized" ? 3_600_000 : 900_000;
          const asked = Math.min(after ?? 0, 3_600_000);
          expect(ms).toBeGreaterThanOrEqual(reason === "unauthorized" ? 2_500 : 1_000);
          expect(ms).toBeGreaterThanOrEqual(asked);
          expect(ms).toBeLessThanOrEqual(Math.max(max, asked));
          expect(
            backoffMs(reason, { tries: tries + 1, forMs }, after, random),
          ).toBeGreaterThanOrEqual(ms);
          expect(
            backoffMs(reason, { tries, forMs: forMs + 1 }, after, random),
          ).toBeGreaterThanOrEqual(ms);
        },
      ),
    );
  });

  it("is a small share of the outage: what was down for ten minutes is tried within one", () => {
    expect(wait("unavailable", 40, 10 * MINUTE)).toBeLessThanOrEqual(MINUTE);
    expect(wait("unavailable", 40, 60 * MINUTE)).toBe((60 * MINUTE) / 16);
    expect(wait("unavailable", 40, 24 * 60 * MINUTE)).toBe(15 * MINUTE);
    expect(wait("breaker_open", 0, 10 * MINUTE, 0)).toBeLessThanOrEqual(MINUTE);
  });

  it("does not grow with how often records were put off, only with the time", () => {
    expect(wait("breaker_open", 30, 0, 5_000)).toBe(wait("breaker_open", 0, 0, 5_000));
    expect(wait("breaker_open", 0, 0, 40_000)).toBeGreaterThanOrEqual(40_000);
    const each = [0, 0.5, 0.99].map((random) => wait("breaker_open", 0, 0, 40_000, random));
    expect(new Set(each).size).toBe(3);
    for (const reason of ["breaker_open", "not_configured", "pass_full", "not_tried"] as const) {
      expect(isTry(reason)).toBe(false);
    }
    expect(isTry("timeout")).toBe(true);
  });

  it("takes a reason that it does not know for a moment that passes", () => {
    const reason = "of a later version" as RetryReason;
    expect(wait(reason, 0)).toBe(wait("unavailable", 0));
    expect(isTry(reason)).toBe(true);
  });

  it("is each kind's own, and each set-aside record's", () => {
    const state = fresh();
    const now = 1_000_000;
    state.failing.score = { tries: 9, since: 0, notBefore: 0 };
    state.setAside = [{ ordinal: 4, failures: 3, since: 0, notBefore: 0 }];
    const settlement = { lease: 1, delivered: [], dead: [], setAside: [4, 5] };
    const random = (): number => 0.999_999;
    const of = (kind: "observation" | "score"): number | undefined =>
      waitsOf(
        state,
        { ...settlement, retry: { reason: "unavailable", kinds: [kind] } },
        now,
        random,
      ).retry?.[kind];
    expect(of("observation")).toBe(2_000);
    expect(of("score")).toBe(62_500);
    expect(waitsOf(state, settlement, now, random)).toEqual({ alone: [16_000, 2_000] });
  });

  it("of a kind whose oldest record alone fails does not grow with what failed before it", () => {
    const state = fresh();
    const now = 1_000_000;
    const wait = (alone: number, countsAlone: boolean): number | undefined => {
      state.failing.observation = { tries: 9, since: now - 60_000, notBefore: 0, alone };
      const its = { reason: "timeout" as const, ...(countsAlone && { alone: true as const }) };
      const retry = { ...its, kinds: ["observation" as const], byKind: { observation: its } };
      const settlement = { lease: 1, delivered: [], dead: [], retry };
      return waitsOf(state, settlement, now, () => 1).retry?.observation;
    };
    expect([wait(0, true), wait(1, true)]).toEqual([4_000, 8_000]);
    // Nothing new is known of it, but that it is no outage.
    expect(wait(1, false)).toBe(8_000);
    expect(wait(0, false)).toBe(30_000);
  });

  it("goes on growing where all that was settled was only for its figures", () => {
    const now = 1_000_000;
    const wait = (sampledOut: boolean): number | undefined => {
      const state = fresh();
      state.failing.observation = { tries: 9, since: now - 60_000, notBefore: 0 };
      const record = { kind: "observation", ordinal: 1, ...(sampledOut && { sampledOut }) };
      state.outbox = [record as Ordered];
      const retry = { reason: "timeout" as const, kinds: ["observation" as const] };
      const settlement = { lease: 1, delivered: [1], dead: [], retry };
      return waitsOf(state, settlement, now, () => 1).retry?.observation;
    };
    // Langfuse was sent none of it, and has taken nothing.
    expect([wait(false), wait(true)]).toEqual([2_000, 30_000]);
  });

  it("goes by each kind's own reason, where one settlement leaves both", () => {
    const retry = {
      reason: "rate_limited" as const,
      afterMs: 60_000,
      kinds: ["observation" as const, "score" as const],
      byKind: {
        observation: { reason: "rate_limited" as const, afterMs: 60_000 },
        score: { reason: "not_tried" as const },
      },
    };
    const settlement = { lease: 1, delivered: [], dead: [], retry };
    const of = (keeps: RecordKind[]) =>
      waitsOf(fresh(), { ...settlement, keeps }, 1_000_000, () => 0.5).retry;
    expect(of([])).toEqual({ observation: 60_000, score: 1_000 });
    // The outcome of a kind that the consumer still has is not known yet.
    expect(of(["observation"])).toEqual({ score: 1_000 });
  });
});
