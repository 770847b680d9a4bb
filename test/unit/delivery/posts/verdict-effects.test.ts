import { describe, expect, it } from "vitest";
import type { Failure } from "../../../../src/delivery/posts/failure.ts";
import type { Batch } from "../../../../src/delivery/posts/pack.ts";
import { repeatedWords, Sampling } from "../../../../src/delivery/posts/judging/sampling.ts";
import { StopRule } from "../../../../src/delivery/posts/stop-rule.ts";
import { afterFailure, effectsOf } from "../../../../src/delivery/posts/verdict-effects.ts";
import { encodedRecord } from "./arbitrary-encoded.ts";

const batchOf = (...places: [lease: number, ordinal: number][]): Batch => ({
  kind: "observation",
  records: places.map(([lease, ordinal]) => encodedRecord(lease, ordinal)),
});
const idsOf = ({ records }: Batch): string[] => records.map(({ id }) => id);
const TWO = batchOf([0, 0], [1, 0]);
const ONE = batchOf([0, 0]);

describe("an answer's effects on the records", () => {
  it("are parts where it names none of several, and a verdict where the record was alone", () => {
    const words = { about: "unsaid" as const, message: "no" };
    expect(effectsOf(TWO, { kind: "bad_request", ...words }).parts.map(idsOf)).toEqual([
      ["0/0"],
      ["1/0"],
    ]);
    const { notTaken, parts } = effectsOf(ONE, { kind: "bad_request", ...words });
    expect(parts).toEqual([]);
    expect(notTaken).toMatchObject([{ how: "refused", about: "unsaid", message: "no" }]);
    expect(effectsOf(TWO, { kind: "too_large", message: "" }).parts).toHaveLength(2);
    expect(effectsOf(ONE, { kind: "too_large", message: "" }).tooLarge?.id).toBe("0/0");
  });

  it("fall on the spans that a partial success names, if it names as many as it counts", () => {
    const named = effectsOf(TWO, { kind: "rejected", count: 1, message: "bad 1/0" });
    expect(named.delivered.map(({ id }) => id)).toEqual(["0/0"]);
    expect(named.notTaken).toMatchObject([{ about: "record", record: { id: "1/0" } }]);
    const unnamed = effectsOf(TWO, { kind: "rejected", count: 2, message: "bad 1/0" });
    expect(unnamed.delivered).toEqual([]);
    expect(unnamed.parts).toHaveLength(2);
  });
});

describe("after a request that failed", () => {
  const context = { setAsideBefore: false, apart: false, proven: false, stopped: false };
  const failed = (kind: Failure["class"]): Failure => ({ class: kind });

  it.each([
    ["waits while nothing is proven", TWO, "unavailable", {}, "defer"],
    ["waits where Langfuse limits requests", ONE, "rate_limited", { apart: true }, "defer"],
    ["is judged alone while sessions are apart", ONE, "timeout", { apart: true }, "not_taken"],
    ["is judged alone where others pass", ONE, "unavailable", { proven: true }, "not_taken"],
    ["is judged where it was set aside", ONE, "timeout", { setAsideBefore: true }, "not_taken"],
    ["waits after a hang of several", TWO, "timeout", { proven: true }, "defer"],
    ["waits where the run ends", TWO, "unavailable", { proven: true, stopped: true }, "defer"],
  ] as const)("it %s", (_what, batch, kind, more, after) => {
    expect(afterFailure(batch, failed(kind), { ...context, ...more })).toBe(after);
  });

  it("sessions are parted before records where others pass", () => {
    const proven = { ...context, proven: true };
    const three = batchOf([0, 0], [0, 1], [1, 0]);
    const parts = afterFailure(three, failed("unavailable"), proven);
    expect(Array.isArray(parts) && parts.map(idsOf)).toEqual([["0/0", "0/1"], ["1/0"]]);
  });
});

describe("a run's end", () => {
  it.each([
    [{ apart: false, proven: false }, 1],
    [{ apart: true, proven: false }, 4],
    [{ apart: true, proven: true }, 8],
  ])("comes with %j after %i failures in a row", (plan, limit) => {
    const rule = new StopRule(plan);
    for (let n = 1; n < limit; n += 1) rule.failed();
    expect(rule.isSpent()).toBe(false);
    rule.failed();
    expect(rule.isSpent()).toBe(true);
    rule.passed();
    expect([rule.isSpent(), rule.limit]).toEqual([false, 8]);
  });

  it("comes later with hangs that were cut short", () => {
    const rule = new StopRule({ apart: true, proven: false });
    for (let n = 0; n < 15; n += 1) rule.failed(0.25);
    expect(rule.isSpent()).toBe(false);
    rule.failed(0.25);
    expect(rule.isSpent()).toBe(true);
  });
});

describe("sampling", () => {
  const refused = (message: string, about: "unsaid" | "record" = "unsaid") => ({
    record: encodedRecord(0, 0),
    how: "refused" as const,
    about,
    failure: { class: "request_refused" as const, message },
    message,
  });

  it("begins with the same words twice, unless they speak of a record", () => {
    expect(repeatedWords([refused("a"), refused("b")])).toBeUndefined();
    expect(repeatedWords([refused("a", "record"), refused("a", "record")])).toBeUndefined();
    expect(repeatedWords([refused("a"), refused("b"), refused("a")])).toBe("a");
  });

  it("blames the request once the samples are refused too, or at once where there are none", () => {
    const sampling = new Sampling();
    const work = [batchOf([0, 1], [0, 2], [0, 3], [0, 4], [0, 5])];
    const samples = sampling.begin(work, [refused("a"), refused("a")]);
    expect(samples.map(({ records }) => records.length)).toEqual([1, 1, 1]);
    expect(work.flatMap(idsOf)).toHaveLength(2);
    for (const _ of samples) {
      expect(sampling.blamesRequest).toBe(false);
      sampling.refused();
    }
    expect(sampling.blamesRequest).toBe(true);
    const none = new Sampling();
    expect(none.begin([], [refused("a"), refused("a")])).toEqual([]);
    expect(none.blamesRequest).toBe(true);
  });
});
