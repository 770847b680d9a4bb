import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  isInShare,
  type Sampling,
  shareOf,
  type TraceFacts,
  weightOf,
} from "../../../../src/protocol/sampling/rule.ts";

const hex = (digits: number) =>
  fc.array(fc.constantFrom(...Array.from("0123456789abcdef")), {
    minLength: digits,
    maxLength: digits,
  });
const traceId = hex(32).map((digits) => digits.join(""));
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe("a share, by the trace's id", () => {
  test("what a smaller share keeps, a larger one keeps", () => {
    fc.assert(
      fc.property(traceId, share, share, (id, one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        expect(!isInShare(id, less) || isInShare(id, more)).toBe(true);
      }),
    );
  });

  test("all is all, and nothing is nothing", () => {
    fc.assert(
      fc.property(traceId, (id) => {
        expect([isInShare(id, 1), isInShare(id, 0)]).toEqual([true, false]);
      }),
    );
  });

  test("keeps as many as it says", () => {
    const ids = Array.from({ length: 20_000 }, (_, index) => `chat-${index}`);
    for (const kept of [0.01, 0.1, 0.5, 0.9]) {
      const found = ids.filter((id) => isInShare(id, kept)).length / ids.length;
      // Five standard deviations.
      expect(Math.abs(found - kept)).toBeLessThan(5 * Math.sqrt((kept * (1 - kept)) / ids.length));
    }
  });

  // What OpenTelemetry's Python SDK 1.45.2 says of these: TraceIdRatioBased(rate).should_sample.
  test.each([
    ["00000000000000000000000000000001", 0.1, true],
    ["ffffffffffffffff0000000000000001", 0.1, true],
    ["0000000000000001ffffffffffffffff", 0.999, false],
    ["00000000000000011999999999999999", 0.1, true],
    ["0000000000000001199999999999999a", 0.1, true],
    ["0000000000000001199999999999a000", 0.1, false],
    ["00000000000000017fffffffffffffff", 0.5, true],
    ["00000000000000018000000000000000", 0.5, false],
    ["B2DA82A90F74A406596BB57639B0BD19", 0.35, true],
    ["B2DA82A90F74A406596BB57639B0BD19", 0.34, false],
  ])("%s at %s", (id, kept, isKept) => {
    expect(isInShare(id, kept)).toBe(isKept);
  });

  test("an id of the client's own is judged by its id in Langfuse", () => {
    for (const kept of [0.2, 0.34, 0.35, 0.5]) {
      // The known answer of the SDKs' createTraceId(seed).
      expect(isInShare("ui2-1671234567890-abc123", kept)).toBe(
        isInShare("b2da82a90f74a406596bb57639b0bd19", kept),
      );
    }
  });

  test("a kept trace stands for as many as its share says", () => {
    expect([1, 0.5, 0.1, 0.3, 0.001].map(weightOf)).toEqual([1, 2, 10, 3.33333, 1000]);
  });
});

const FACTS: TraceFacts = {
  failed: false,
  scored: false,
  tools: new Set(),
  ms: 500,
  variants: [],
};
const of = (rules: Sampling["rules"], facts: Partial<TraceFacts>): number =>
  shareOf({ rules, share: 0.1 }, { ...FACTS, ...facts });

describe("the rules", () => {
  test.each<[Sampling["rules"][number], Partial<TraceFacts>, Partial<TraceFacts>]>([
    [{ failed: true }, { failed: true }, {}],
    [{ scored: true }, { scored: true }, {}],
    [{ tool: true }, { tools: new Set(["search"]) }, {}],
    [{ tools: ["search"] }, { tools: new Set(["x", "search"]) }, { tools: new Set(["x"]) }],
    [{ slowerThanMs: 1000 }, { ms: 1001 }, { ms: 1000 }],
    [{ assistants: ["a", "b"] }, { assistant: "b" }, { assistant: "c" }],
    [{ assistants: ["a"] }, { assistant: "a" }, {}],
    [{ users: ["ada"] }, { user: "ada" }, { user: "adam" }],
    [{ environments: ["production"] }, { environment: "production" }, { environment: "test" }],
    [{ variants: ["tone:kind"] }, { variants: ["x:y", "tone:kind"] }, { variants: ["tone:x"] }],
    [
      { failed: true, users: ["ada"] },
      { failed: true, user: "ada" },
      { failed: true, user: "x" },
    ],
  ])("%j", (rule, matching, other) => {
    expect(of([rule], matching)).toBe(1);
    expect(of([rule], other)).toBe(0.1);
  });

  test("the first that matches counts", () => {
    const rules = [
      { failed: true as const },
      { users: ["bot"], share: 0 },
      { tool: true as const, share: 0.5 },
    ];
    expect(of(rules, { failed: true, user: "bot" })).toBe(1);
    expect(of(rules, { user: "bot", tools: new Set(["x"]) })).toBe(0);
    expect(of(rules, { tools: new Set(["x"]) })).toBe(0.5);
    expect(of(rules, {})).toBe(0.1);
  });
});
