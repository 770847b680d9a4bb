import { describe, expect, test } from "vitest";
import { findTypo } from "../../../../src/edge/fields/typo.ts";
import { observationData, traceData } from "../../../../src/protocol/wire.ts";
import { interpretOne, kept, refusal } from "../interpret/interpreting.ts";

const OBSERVATION = observationData.shape;
const TRACE = traceData.shape;

test.each([
  ["traceid", "traceId"],
  ["trace_id", "traceId"],
  ["TraceId", "traceId"],
  ["trace-id", "traceId"],
  ["traecId", "traceId"],
  ["spanID", "spanId"],
  ["endtime", "endTime"],
  ["end_time", "endTime"],
  ["meta_data", "metadata"],
  ["metdata", "metadata"],
  ["outputs", "output"],
  ["statusMesage", "statusMessage"],
  ["modelParams_eters", "modelParameters"],
  ["completionStarttimes", "completionStartTime"],
  ["parent_observation_id", "parentObservationId"],
])("%s is surely %s", (field, meant) => {
  expect(findTypo({ [field]: 1 }, OBSERVATION)).toEqual({ field, meant });
});

test.each([
  "mode",
  "label",
  "nodel",
  "game",
  "message",
  "userEmail",
  "assistantId",
  "latencies",
  "requestId",
  "emissaryConfig",
  "currentUser",
  "selectedItemsCount",
  "versionId",
  "parentId",
  "start",
  "",
  "__proto__",
  "constructor",
  "toString",
  "😀",
])("%j may be meant", (field) => {
  const data: unknown = JSON.parse(`{${JSON.stringify(field)}: 1}`);
  expect(findTypo(data as Record<string, unknown>, OBSERVATION)).toBeUndefined();
});

describe("it is no mistake", () => {
  test("where the field itself is given too", () => {
    expect(findTypo({ traceId: "a", trace_id: "a" }, OBSERVATION)).toBeUndefined();
  });
  test("where it says nothing", () => {
    expect(findTypo({ trace_id: null, spanID: undefined }, OBSERVATION)).toBeUndefined();
  });
  test("where the name means something for another action", () => {
    expect(findTypo({ promptName: "x", tags: [], dataType: "x" }, TRACE)).toBeUndefined();
  });
});

test("a mistake is refused by name, what is only unknown passes", () => {
  const data = { traceId: "t", spanId: "x", somethingElse: 1 };
  expect(kept(interpretOne("create_span", data)).kind).toBe("action");
  expect(refusal(interpretOne("create_span", { ...data, start_time: 5 }))).toEqual({
    code: "invalid_data",
    message: "start_time: unknown, probably startTime is meant",
    path: "data.start_time",
  });
});

test("thousands of unknown keys are data in the wrong place: only the first are looked at", () => {
  const keys = Array.from({ length: 100 }, (_, index): [string, number] => [`x${index}`, 1]);
  expect(findTypo(Object.fromEntries([...keys, ["trace_id", 1]]), OBSERVATION)).toBeUndefined();
  expect(findTypo(Object.fromEntries([["trace_id", 1], ...keys]), OBSERVATION)).toBeDefined();
});
