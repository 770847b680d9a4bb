import { describe, expect, test } from "vitest";
import { answerMany, answerOne, answerRefusal, type Outcome } from "../../../src/edge/answers.ts";

const KEPT: Outcome = { kind: "kept", ids: { traceId: "t", spanId: "x" } };
const INVALID: Outcome = {
  kind: "refused",
  refusal: { code: "invalid_data", message: "no", path: "data.name" },
};
const UNAVAILABLE: Outcome = {
  kind: "refused",
  refusal: { code: "unavailable", message: "later" },
};
const OVER_QUOTA: Outcome = {
  kind: "refused",
  refusal: { code: "quota_exceeded", message: "enough", retryAfter: 7 },
};
const FLUSHED: Outcome = { kind: "flushed", pending: { pending: 3 } };

describe("one action", () => {
  test("kept: its ids", () => {
    expect(answerOne(KEPT)).toEqual({
      status: 200,
      body: { success: true, traceId: "t", spanId: "x" },
    });
  });
  test("a flush: what is pending", () => {
    expect(answerOne(FLUSHED)).toEqual({ status: 200, body: { success: true, pending: 3 } });
  });
  test("refused: why, and where", () => {
    expect(answerOne({ ...INVALID, id: "i" })).toEqual({
      status: 400,
      body: {
        success: false,
        error: {
          code: "invalid_data",
          message: "no",
          issues: [{ path: "data.name", message: "no" }],
        },
      },
    });
  });
  test("unavailable: soon again", () => {
    expect(answerOne(UNAVAILABLE)).toEqual({
      status: 503,
      body: { success: false, error: { code: "unavailable", message: "later" } },
      headers: { "retry-after": "1" },
    });
  });
});

describe("over the session's quota", () => {
  const longer: Outcome = {
    kind: "refused",
    refusal: { code: "quota_exceeded", message: "enough", retryAfter: 40 },
  };
  test("one, or all: 429, and how long to wait for all of them", () => {
    expect(answerOne(OVER_QUOTA)).toMatchObject({ status: 429, headers: { "retry-after": "7" } });
    expect(answerMany([OVER_QUOTA, longer])).toMatchObject({
      status: 429,
      headers: { "retry-after": "40" },
      body: { success: false, accepted: 0, error: { code: "quota_exceeded" } },
    });
  });
  test("some: each says whether and when it may be sent again", () => {
    for (const other of [KEPT, INVALID, FLUSHED]) {
      const { status, headers, body } = answerMany([other, OVER_QUOTA]);
      expect(status).toBe(207);
      expect(headers).toEqual({ "retry-after": "7" });
      expect((body["results"] as unknown[])[1]).toEqual({
        index: 1,
        success: false,
        error: { code: "quota_exceeded", message: "enough", retryable: true, retryAfter: 7 },
      });
    }
  });
  test("beside what could not be kept for another reason: 503, and the longer wait", () => {
    expect(answerMany([UNAVAILABLE, OVER_QUOTA])).toMatchObject({
      status: 503,
      headers: { "retry-after": "7" },
    });
  });
});

describe("many actions", () => {
  test.each([
    [[KEPT], 200, true, 1],
    [[KEPT, KEPT, FLUSHED], 200, true, 2],
    [[KEPT, INVALID], 207, false, 1],
    [[KEPT, UNAVAILABLE], 207, false, 1],
    [[FLUSHED, INVALID], 207, false, 0],
    [[INVALID, INVALID], 400, false, 0],
    [[UNAVAILABLE, UNAVAILABLE], 503, false, 0],
    [[INVALID, UNAVAILABLE], 207, false, 0],
  ])("%j: %i", (outcomes, status, success, accepted) => {
    const answer = answerMany(outcomes);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ success, accepted });
    expect(answer.body["results"]).toHaveLength(outcomes.length);
    expect(answer.headers?.["retry-after"]).toBe(status === 503 ? "1" : undefined);
  });

  test("each result names its place, its client's id, and how it ended", () => {
    const outcomes = [{ ...KEPT, id: "i" }, INVALID, { ...UNAVAILABLE, id: "k" }, FLUSHED];
    expect(answerMany(outcomes, { pending: 3, sealed: 1 }).body).toEqual({
      success: false,
      accepted: 1,
      results: [
        { index: 0, id: "i", success: true, traceId: "t", spanId: "x" },
        {
          index: 1,
          success: false,
          error: { code: "invalid_data", message: "no", path: "data.name", retryable: false },
        },
        {
          index: 2,
          id: "k",
          success: false,
          error: { code: "unavailable", message: "later", retryable: true },
        },
        { index: 3, success: true, pending: 3 },
      ],
      pending: 3,
      sealed: 1,
    });
  });

  test("where all were refused the first says why", () => {
    expect(answerMany([INVALID, INVALID]).body["error"]).toMatchObject({ code: "invalid_data" });
  });
});

test.each([
  ["invalid_json", 400],
  ["invalid_request", 400],
  ["unsupported_media_type", 415],
  ["body_too_large", 413],
  ["too_many_actions", 413],
  ["unauthorized", 401],
  ["forbidden", 403],
  ["not_configured", 503],
  ["auth_not_configured", 503],
  ["unavailable", 503],
  ["not_found", 404],
  ["method_not_allowed", 405],
  ["internal_error", 500],
] as const)("%s is a %i", (code, status) => {
  expect(answerRefusal({ code, message: "m", headers: { a: "b" } })).toEqual({
    status,
    body: { success: false, error: { code, message: "m" } },
    headers: { a: "b" },
  });
});
