import { describe, expect, test } from "vitest";
import { langfuseObservationId, langfuseTraceId } from "../../../../src/protocol/ids.ts";
import { interpretOne, kept, refusal, scoreOf } from "./interpreting.ts";

const RAW = "ui2-1671234567890-abc123";
const TRACE = langfuseTraceId(RAW);

test("a score of an observation is Langfuse's body with Langfuse's ids", () => {
  const item = interpretOne("create_score", {
    id: "score-1",
    traceId: RAW,
    observationId: "gen-1",
    sessionId: "s1",
    name: "helpful",
    value: 0.75,
    dataType: "numeric",
    comment: "good",
    metadata: { a: null },
    configId: null,
    environment: "staging",
  });
  expect(scoreOf(item)).toMatchObject({ trace: TRACE, rawTrace: RAW, id: "score-1" });
  // Langfuse takes exactly one of trace and session.
  expect(scoreOf(item).parsed).toEqual({
    id: "score-1",
    traceId: TRACE,
    observationId: langfuseObservationId(TRACE, "gen-1"),
    name: "helpful",
    value: 0.75,
    dataType: "NUMERIC",
    comment: "good",
    metadata: { a: null },
    environment: "staging",
  });
  expect(kept(item).ids).toEqual({ traceId: RAW, scoreId: "score-1", langfuseTraceId: TRACE });
});

test("a score of a session names no trace", () => {
  const item = interpretOne("create_score", { sessionId: "s1", name: "n", value: "good" });
  expect(scoreOf(item)).toMatchObject({ trace: "", parsed: { sessionId: "s1", value: "good" } });
  expect(kept(item).session).toBe("s1");
  expect(kept(item).ids).toEqual({ scoreId: scoreOf(item).id });
});

test("the request's session is scored where nothing else is named", () => {
  const envelope = { sessionId: "s2" };
  const item = interpretOne("create_score", { name: "n", value: 1 }, { envelope });
  expect(scoreOf(item).parsed).toMatchObject({ sessionId: "s2" });
});

test("the edge's environment is the default", () => {
  const data = { traceId: RAW, name: "n", value: 1 };
  const item = interpretOne("create_score", data, { surroundings: { environment: "prod" } });
  expect(scoreOf(item).parsed).toMatchObject({ environment: "prod" });
});

test("without an id it gets one: Langfuse keeps nothing without", () => {
  const item = interpretOne("create_score", { traceId: RAW, name: "n", value: 1 });
  expect(scoreOf(item).id).toMatch(/^[0-9a-f]{32}$/);
  expect(scoreOf(item).parsed["id"]).toBe(scoreOf(item).id);
});

describe("values", () => {
  test.each([
    [true, undefined, 1, "BOOLEAN"],
    [false, "BOOLEAN", 0, "BOOLEAN"],
    [true, "NUMERIC", 1, "NUMERIC"],
    [true, "CATEGORICAL", "true", "CATEGORICAL"],
    [1, "BOOLEAN", 1, "BOOLEAN"],
    [0.5, undefined, 0.5, undefined],
    ["good", undefined, "good", undefined],
    ["good", "categorical", "good", "CATEGORICAL"],
    ["a\ud800b", "TEXT", "a\ufffdb", "TEXT"],
  ])("%j as %s is %j, %s", (value, dataType, kept, type) => {
    const { parsed } = scoreOf(
      interpretOne("create_score", { traceId: RAW, name: "n", value, dataType }),
    );
    expect(parsed["value"]).toBe(kept);
    expect(parsed["dataType"]).toBe(type);
  });

  test.each([
    [undefined, undefined, "data.value"],
    [null, undefined, "data.value"],
    ["", undefined, "data.value"],
    [{}, undefined, "data.value"],
    [Number.POSITIVE_INFINITY, undefined, "data.value"],
    ["0.5", "NUMERIC", "data.value"],
    [1, "CATEGORICAL", "data.value"],
    [2, "BOOLEAN", "data.value"],
    [1, "STARS", "data.dataType"],
  ])("%j as %s is refused at %s", (value, dataType, path) => {
    const item = interpretOne("create_score", { traceId: RAW, name: "n", value, dataType });
    expect(refusal(item)).toMatchObject({ code: "invalid_data", path });
  });
});

test.each([
  [{ name: "n", value: 1 }, "session_or_trace_required"],
  [{ name: "n", value: 1, sessionId: "s", observationId: "o" }, "trace_required"],
  [{ traceId: RAW, value: 1 }, "invalid_data"],
])("%j: %s", (data, code) => {
  expect(refusal(interpretOne("create_score", data)).code).toBe(code);
});
