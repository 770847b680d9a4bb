import { describe, expect, test } from "vitest";
import {
  langfuseObservationId,
  langfuseTraceId,
  rootObservationId,
} from "../../../../src/protocol/ids.ts";
import { actionOf, changeOf, interpretOne, kept, NOW, refusal } from "./interpreting.ts";

const RAW = "ui2-1671234567890-abc123";
const TRACE = langfuseTraceId(RAW);
const id = (raw: string): string => langfuseObservationId(TRACE, raw);

test("a generation's create has every field of the contract", () => {
  const item = interpretOne("create_generation", {
    traceId: RAW,
    generationId: "gen-1",
    parentSpanId: "span-1",
    name: "streaming-response",
    startTime: NOW - 2000,
    endTime: NOW,
    completionStartTime: new Date(NOW - 1500).toISOString(),
    input: [{ role: "user" }],
    output: "hello",
    metadata: { chunks: 10 },
    level: "warn",
    statusMessage: "slow",
    version: "1",
    environment: "staging",
    model: "claude",
    modelParameters: { temperature: 0.5, stop: null },
    usage: { input: 1, output: 2 },
    promptName: "p",
    promptVersion: 3,
  });
  expect(changeOf(item)).toEqual({
    kind: "change",
    op: "create",
    trace: TRACE,
    rawTrace: RAW,
    target: id("gen-1"),
    rawTarget: "gen-1",
    type: "generation",
    parent: id("span-1"),
    fields: {
      name: "streaming-response",
      startTime: NOW - 2000,
      endTime: NOW,
      completionStartTime: NOW - 1500,
      input: '[{"role":"user"}]',
      output: "hello",
      level: "WARNING",
      statusMessage: "slow",
      version: "1",
      model: "claude",
      modelParameters: '{"temperature":0.5}',
      usageDetails: '{"input":1,"output":2}',
      promptName: "p",
      promptVersion: 3,
    },
    traceFields: { environment: "staging" },
    metadata: [["chunks", "10"]],
  });
  expect(kept(item).ids).toEqual({
    traceId: RAW,
    generationId: "gen-1",
    langfuseTraceId: TRACE,
    traceparent: `00-${TRACE}-${id("gen-1")}-01`,
  });
});

test.each([
  ["create_span", "span", "create", "spanId"],
  ["update_span", undefined, "update", "spanId"],
  ["end_span", undefined, "end", "spanId"],
  ["create_generation", "generation", "create", "generationId"],
  ["update_generation", undefined, "update", "generationId"],
  ["end_generation", undefined, "end", "generationId"],
  ["create_event", "event", "create", "eventId"],
])("%s is a change of %s: %s, answered as %s", (action, type, op, idName) => {
  const item = interpretOne(action, { traceId: RAW, observationId: "o" });
  expect(changeOf(item)).toMatchObject({ op, target: id("o") });
  expect(changeOf(item).type).toBe(type);
  expect(kept(item).ids).toMatchObject({ [idName]: "o" });
});

test.each(["agent", "tool", "chain", "retriever", "embedding", "evaluator", "guardrail", "SPAN"])(
  "create_observation of type %s",
  (type) => {
    const item = interpretOne("create_observation", { traceId: RAW, type, id: "o" });
    expect(changeOf(item).type).toBe(type.toLowerCase());
    expect(kept(item).ids.observationId).toBe("o");
  },
);

test.each([undefined, null, "robot", 3])("create_observation refuses the type %j", (type) => {
  expect(
    refusal(interpretOne("create_observation", { traceId: RAW, type, id: "o" })),
  ).toMatchObject({ code: "invalid_data", path: "data.type" });
});

describe("ids", () => {
  test.each(["observationId", "spanId", "generationId", "eventId", "id"])(
    "%s names the observation of any action",
    (alias) => {
      expect(changeOf(interpretOne("end_span", { traceId: RAW, [alias]: "x" })).target).toBe(
        id("x"),
      );
    },
  );

  test("the action's own name for it comes first", () => {
    const data = { traceId: RAW, id: "a", observationId: "b", generationId: "c", spanId: "d" };
    expect(changeOf(interpretOne("update_generation", data)).target).toBe(id("c"));
  });

  test("16 hex digits stay, without a raw twin", () => {
    const change = changeOf(
      interpretOne("create_span", { traceId: RAW, spanId: "00f067aa0ba902b7" }),
    );
    expect(change.target).toBe("00f067aa0ba902b7");
    expect(change).not.toHaveProperty("rawTarget");
  });

  test.each(["root", rootObservationId(TRACE)])("%s is the root's and reserved", (spanId) => {
    expect(refusal(interpretOne("create_span", { traceId: RAW, spanId })).code).toBe("id_reserved");
  });

  test.each(["root", rootObservationId(TRACE)])("%s may be the parent", (parentObservationId) => {
    const change = changeOf(
      interpretOne("create_span", { traceId: RAW, spanId: "x", parentObservationId }),
    );
    expect(change.parent).toBe(rootObservationId(TRACE));
  });

  test("nobody is their own parent", () => {
    const data = { traceId: RAW, spanId: "x", parentSpanId: "x" };
    expect(refusal(interpretOne("create_span", data)).path).toBe("data.parentObservationId");
  });

  test("an update has to say which one", () => {
    expect(refusal(interpretOne("update_generation", { traceId: RAW, spanId: "" }))).toMatchObject({
      code: "invalid_data",
      path: "data.generationId",
    });
  });

  test("one that is too long is refused", () => {
    expect(refusal(interpretOne("end_span", { traceId: RAW, spanId: "x".repeat(201) }))).toEqual({
      code: "invalid_data",
      message: "spanId: must be at most 200 characters",
      path: "data.spanId",
    });
  });

  test.each([
    [{ spanId: "x" }, undefined, "session_or_trace_required"],
    [{ spanId: "x", traceId: "" }, undefined, "session_or_trace_required"],
    [{ spanId: "x" }, "s1", "trace_required"],
  ])("%j in session %s: %s", (data, sessionId, code) => {
    const envelope = sessionId === undefined ? {} : { sessionId };
    expect(refusal(interpretOne("create_span", data, { envelope })).code).toBe(code);
  });
});

describe("times", () => {
  test("an end without a time leaves it to the session", () => {
    const item = interpretOne("end_span", { traceId: RAW, spanId: "x" }, { wire: { at: NOW - 5 } });
    expect(changeOf(item)).not.toHaveProperty("fields");
    expect(actionOf(item).at).toBe(NOW - 5);
  });

  test("an event is a moment", () => {
    const data = { traceId: RAW, eventId: "e", timestamp: NOW - 9, endTime: NOW };
    expect(changeOf(interpretOne("create_event", data)).fields).toEqual({ startTime: NOW - 9 });
  });

  test.each(["soon", {}, [], true, "", "0", "1e999", Number.POSITIVE_INFINITY])(
    "%j is no time",
    (endTime) => {
      const data = { traceId: RAW, spanId: "x", endTime };
      expect(refusal(interpretOne("end_span", data))).toMatchObject({
        code: "invalid_time",
        path: "data.endTime",
      });
    },
  );

  test.each([0, -1, 1_671_234_567, "1970-01-01T00:00:00Z", NOW + 8 * 86_400_000, 1e18])(
    "%j cannot be meant: it is filled in as if it was not given, and noted",
    (startTime) => {
      const change = changeOf(
        interpretOne("create_span", { traceId: RAW, spanId: "x", startTime }),
      );
      expect(change).not.toHaveProperty("fields");
      expect(change.notes).toEqual(["startTime: not a believable time, left out"]);
    },
  );

  test("a clock that is a little ahead is believed", () => {
    const data = { traceId: RAW, spanId: "x", startTime: NOW + 86_400_000 };
    expect(changeOf(interpretOne("create_span", data)).fields?.startTime).toBe(NOW + 86_400_000);
  });
});

test.each([
  ["modelParameters", [1]],
  ["modelParameters", "hot"],
  ["promptVersion", "three"],
  ["usage", 5],
  ["costDetails", "x"],
  ["level", "loud"],
  ["level", 3],
  ["environment", "Production"],
  ["environment", "langfuse-x"],
  ["name", { a: 1 }],
  ["model", ["gpt"]],
])("%s of %j is refused by name", (field, value) => {
  const data = { traceId: RAW, generationId: "g", [field]: value };
  expect(refusal(interpretOne("create_generation", data))).toMatchObject({
    code: "invalid_data",
    path: `data.${field}`,
  });
});

test("model parameters may be JSON text", () => {
  const data = { traceId: RAW, generationId: "g", modelParameters: '{"top_p":1}' };
  expect(changeOf(interpretOne("create_generation", data)).fields?.modelParameters).toBe(
    '{"top_p":1}',
  );
});

test("a name that is too long is cut, never inside a surrogate pair", () => {
  const data = { traceId: RAW, spanId: "x", name: `${"n".repeat(999)}😀` };
  const change = changeOf(interpretOne("create_span", data));
  expect(change.fields?.name).toBe("n".repeat(999));
  expect(change.notes).toEqual(["name: cut to 1000 characters"]);
});

describe("a model's prices", () => {
  const context = { modelPrices: (model: string) => (model === "m" ? '{"input":1}' : undefined) };
  test.each([
    ["come with each action that names it", "end_generation", { generationId: "g", model: "m" }],
    ["of any type", "create_observation", { type: "embedding", model: "m" }],
  ])("%s", (_, action, data) => {
    const change = changeOf(interpretOne(action, { traceId: "t", ...data }, { context }));
    expect(change.fields).toMatchObject({ model: "m", prices: '{"input":1}' });
  });

  test("are nobody's to send, and none where nobody set them", () => {
    const data = { traceId: "t", model: "m", prices: '{"input":0}' };
    expect(changeOf(interpretOne("create_generation", data)).fields).toEqual({ model: "m" });
    const other = { ...data, model: "other" };
    expect(changeOf(interpretOne("create_generation", other, { context })).fields).toEqual({
      model: "other",
    });
  });
});
