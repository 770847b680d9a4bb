import { describe, expect, test } from "vitest";
import {
  ENVIRONMENT_NAME,
  observationData,
  traceData,
  wireAction,
  wireEnvelope,
} from "../../../src/protocol/wire.ts";

describe("an action", () => {
  test.each([
    [{}, "action"],
    [{ action: "create_span_" }, "action"],
    [{ action: "toString" }, "action"],
    [{ action: "flush", data: [] }, "data"],
    [{ action: "flush", data: "x" }, "data"],
    [{ action: "flush", seq: -1 }, "seq"],
    [{ action: "flush", seq: 1.5 }, "seq"],
    [{ action: "flush", seq: 2 ** 53 }, "seq"],
    [{ action: "flush", seq: "1" }, "seq"],
    [{ action: "flush", id: {} }, "id"],
    [{ action: "flush", id: "x".repeat(201) }, "id"],
    [5, ""],
    [null, ""],
    [[], ""],
  ])("%j is wrong at %j", (raw, path) => {
    expect(wireAction.safeParse(raw).error?.issues[0]?.path.join(".")).toBe(path);
  });

  test.each([
    { action: "flush" },
    { action: "flush", data: null, id: null, seq: null },
    { action: "create_trace", data: { traceId: 1, more: {} }, id: 7, seq: 0, more: 1 },
  ])("%j is right", (raw) => {
    expect(wireAction.safeParse(raw).success).toBe(true);
  });
});

test.each([[[]], ["x"], [null], [{ actions: {} }], [{ sessionId: {} }], [{ clientId: [] }]])(
  "the envelope of %j is refused",
  (raw) => {
    expect(wireEnvelope.safeParse(raw).success).toBe(false);
  },
);

test("ids are texts of a bounded length; empty ones are absent", () => {
  const ids = traceData.parse({ traceId: 12, sessionId: "", userId: null });
  expect(ids).toEqual({ traceId: "12" });
  expect(traceData.safeParse({ traceId: "x".repeat(200) }).success).toBe(true);
  expect(traceData.safeParse({ traceId: Number.POSITIVE_INFINITY }).success).toBe(false);
});

test("unknown keys pass, and users' values are not looked into", () => {
  const data = { input: { a: [null] }, mine: 1, metadata: 5 };
  expect(observationData.parse(data)).toMatchObject(data);
});

test.each([
  ["production", true],
  ["a-b_9", true],
  ["x".repeat(41), false],
  ["Production", false],
  ["langfuse-x", false],
  ["", false],
])("%j as an environment: %s", (name, right) => {
  expect(ENVIRONMENT_NAME.test(name)).toBe(right);
});
