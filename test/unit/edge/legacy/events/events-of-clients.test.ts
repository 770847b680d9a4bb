// Events as clients write them, each with what becomes of it. The cases are named after the clients whose sources
// they were read in.
import { describe, expect, it } from "vitest";
import {
  langfuseObservationId,
  langfuseTraceId,
  traceRecordId,
} from "../../../../../src/protocol/ids.ts";
import { NOW } from "../../interpret/interpreting.ts";
import { changes, change, score, T, ROOT, idOf } from "./interpreting-events.ts";

describe("Dify", () => {
  it("tells of what is over: complete creates, backdated, an id that is also the trace's", () => {
    const body = {
      id: "t",
      traceId: "t",
      name: "workflow",
      startTime: "2026-11-20T10:00:00.123456Z",
      endTime: "2026-11-20T10:00:03Z",
      input: { q: 1 },
      output: "so",
      level: "DEFAULT",
      parentObservationId: "never-comes",
      metadata: { node: { id: 3 } },
    };
    expect(change("span-create", body)).toEqual({
      kind: "change",
      op: "create",
      trace: T,
      rawTrace: "t",
      target: idOf("t"),
      rawTarget: "t",
      type: "span",
      parent: idOf("never-comes"),
      legacy: true,
      fields: {
        name: "workflow",
        startTime: Date.parse("2026-11-20T10:00:00.123Z"),
        endTime: Date.parse("2026-11-20T10:00:03Z"),
        input: '{"q":1}',
        output: "so",
        level: "DEFAULT",
      },
      metadata: [["node", '{"id":3}']],
    });
  });
});

describe("LiteLLM", () => {
  it("has ids with slashes, as long as Langfuse takes", () => {
    const id = `time-10-00-00-000000_chatcmpl-${"x/".repeat(380)}`;
    const its = change("generation-create", { id, traceId: id, usage: null });
    expect(its.target).toBe(langfuseObservationId(langfuseTraceId(id), id));
    expect([its.rawTarget, its.rawTrace]).toEqual([id, id]);
  });

  it.each([
    [
      { prompt_tokens: 10, completion_tokens: 4, total_cost: 0.5 },
      '{"input":10,"output":4}',
      '{"total":0.5}',
    ],
    [
      { promptTokens: 10, completionTokens: 4, totalTokens: 14 },
      '{"input":10,"output":4,"total":14}',
      undefined,
    ],
    [
      { input: 10, output: 4, unit: "TOKENS", inputCost: 1, outputCost: 2, totalCost: 3 },
      '{"input":10,"output":4}',
      '{"input":1,"output":2,"total":3}',
    ],
    [{}, undefined, undefined],
    [null, undefined, undefined],
    [{ input: null, output: "7" }, '{"output":7}', undefined],
  ])("usage %j", (usage, usageDetails, costDetails) => {
    const { fields = {}, notes } = change("generation-create", { id: "g", traceId: "t", usage });
    expect([fields.usageDetails, fields.costDetails, notes]).toEqual([
      usageDetails,
      costDetails,
      undefined,
    ]);
  });

  it("gives usage in OpenAI's own shapes, whose details are parts of it", () => {
    const usageDetails = {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 30, audio_tokens: null },
      completion_tokens_details: { reasoning_tokens: 20 },
    };
    const costDetails = { input: 0.1, output: 0.2, total: 0.3 };
    const { fields } = change("generation-create", {
      id: "g",
      traceId: "t",
      usageDetails,
      costDetails,
    });
    expect(JSON.parse(fields?.usageDetails ?? "")).toEqual({
      input: 70,
      output: 30,
      total: 150,
      input_cached_tokens: 30,
      output_reasoning_tokens: 20,
    });
    expect(fields?.costDetails).toBe(JSON.stringify(costDetails));
  });
});

describe("Go", () => {
  it("writes the first moment of its calendar, a nil and an empty usage for what is unset", () => {
    const body = {
      id: "g",
      traceId: "t",
      startTime: "2026-11-22T11:59:00Z",
      endTime: "0001-01-01T00:00:00Z",
      completionStartTime: "0001-01-01T00:00:00Z",
      Metadata: null,
      metadata: null,
      usage: {},
      level: "",
      parentObservationId: "",
      promptVersion: 0,
    };
    const its = change("generation-create", body);
    expect(its.fields).toEqual({ startTime: NOW - 60_000 });
    expect([its.notes, its.metadata, its.parent]).toEqual([undefined, undefined, undefined]);
  });

  it("leaves a score of 0 out", () => {
    expect(score("score-create", { id: "s", traceId: "t", name: "n" })).toEqual({
      id: "s",
      traceId: T,
      name: "n",
      value: 0,
    });
  });
});

describe("PHP", () => {
  it("writes an empty list for an empty object", () => {
    const empty = {
      metadata: [],
      modelParameters: [],
      usage: [],
      usageDetails: [],
      costDetails: [],
      tags: [],
    };
    const its = change("generation-create", { id: "g", traceId: "t", ...empty });
    expect([its.fields, its.metadata, its.notes]).toEqual([
      { startTime: NOW },
      undefined,
      undefined,
    ]);
  });
});

describe("older Python", () => {
  it("updates a span without its trace: the one that is known of it, else one of its own", () => {
    const body = { id: "x", endTime: "2026-11-22T12:00:00Z" };
    expect(change("span-update", body, { traces: { x: "t" } }).trace).toBe(T);
    expect(change("span-update", body).trace).toBe(langfuseTraceId("x"));
  });

  it("creates what names no trace: a trace of its own, with its record", () => {
    const [record, span] = changes("span-create", { id: "x", name: "lonely" });
    const trace = langfuseTraceId("x");
    expect(record).toEqual({
      kind: "change",
      op: "create",
      trace,
      rawTrace: "x",
      target: traceRecordId(trace),
      root: true,
      legacy: true,
      fields: { name: "lonely", startTime: NOW },
      traceFields: { name: "lonely" },
    });
    expect(span).toMatchObject({ trace, target: langfuseObservationId(trace, "x"), type: "span" });
  });

  it("times without a zone are UTC", () => {
    const body = { id: "x", traceId: "t", startTime: "2026-11-22T11:00:00" };
    expect(change("span-create", body).fields?.startTime).toBe(NOW - 3_600_000);
  });
});

describe("Python v3 and v4", () => {
  it("send tags alone, which make no trace record", () => {
    expect(change("trace-create", { id: T, tags: ["a"], name: null })).toEqual({
      kind: "change",
      op: "update",
      trace: T,
      target: traceRecordId(T),
      root: true,
      legacy: true,
      apart: true,
      tags: ["a"],
    });
  });
});

describe("the seed's backend", () => {
  it.each(["ui2-1671234567890-abc123", "chat-7.5b0d7e21aa405b0d"])(
    "adds to the page's trace %s: a record below its root, and no other name for it",
    (id) => {
      const its = change("trace-create", { id, name: "backend-assistant-x", sessionId: "s" });
      expect(its).toMatchObject({
        joined: true,
        root: true,
        fields: { name: "backend-assistant-x" },
      });
      expect(its.traceFields).toEqual({ sessionId: "s" });
      expect(change("span-create", { id: "a", traceId: id }).joined).toBe(true);
      expect(
        change("trace-create", { id }, { context: { writer: "browser" } }).joined,
      ).toBeUndefined();
    },
  );

  it("may name the page's root as a parent, by its published id; no observation of its own takes that id", () => {
    expect(change("span-create", { id: "a", traceId: "t", parentObservationId: ROOT }).parent).toBe(
      ROOT,
    );
    for (const id of ["root", ROOT, ROOT.toUpperCase(), traceRecordId(T)]) {
      const { target } = change("span-create", { id, traceId: "t" });
      expect([ROOT, traceRecordId(T)]).not.toContain(target);
    }
    // Its own observation of that name stays its parent.
    const own = change("span-create", { id: "root", traceId: "t" });
    const child = change("span-create", { id: "b", traceId: "t", parentObservationId: "root" });
    expect(child.parent).toBe(own.target);
  });
});
