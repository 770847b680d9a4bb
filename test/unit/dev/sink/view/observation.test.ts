import { describe, expect, it } from "vitest";
import { readExport } from "../../../../../src/otlp/read-export.ts";
import { nanosToMs, readObservation } from "../../../../../src/dev/sink/view/observation.ts";
import { CHILD, exportOf, nanos, ROOT, span, START_MS, TRACE } from "../exports.ts";

function observe(fields: Record<string, unknown>, values: Record<string, unknown> = {}) {
  const [sent] = readExport(exportOf(span(fields, values))).spans;
  if (!sent) throw new Error("no span");
  return readObservation(sent);
}

describe("readObservation", () => {
  it("reads what a generation carries", () => {
    const firstToken = new Date(START_MS + 40).toISOString();
    expect(
      observe(
        { spanId: CHILD, parentSpanId: ROOT, name: "streaming-response" },
        {
          "langfuse.observation.type": "generation",
          "langfuse.observation.input": '[{"role":"user"}]',
          "langfuse.observation.output": "fine",
          "langfuse.observation.level": "WARNING",
          "langfuse.observation.status_message": "slow",
          "langfuse.observation.metadata.chunks": "20",
          "langfuse.observation.metadata.__proto__": "odd",
          "langfuse.observation.model.name": "claude",
          "langfuse.observation.model.parameters": '{"temperature":0}',
          "langfuse.observation.usage_details": '{"input":3,"output":5}',
          "langfuse.observation.cost_details": '{"total":0.01}',
          "langfuse.observation.completion_start_time": JSON.stringify(firstToken),
          "langfuse.observation.prompt.name": "greeting",
          "langfuse.observation.prompt.version": { intValue: "3" },
          "langfuse.trace.name": "Assistant",
          "langfuse.trace.tags": ["a", "b"],
          "langfuse.trace.metadata.plan": "pro",
          "langfuse.trace.public": true,
          "langfuse.environment": "staging",
          "langfuse.release": "r1",
          "langfuse.version": "v1",
          "session.id": "chat",
          "user.id": "ada",
        },
      ),
    ).toEqual({
      traceId: TRACE,
      id: CHILD,
      parentId: ROOT,
      root: false,
      type: "generation",
      name: "streaming-response",
      level: "WARNING",
      statusMessage: "slow",
      startTime: START_MS,
      endTime: START_MS + 100,
      latencyMs: 100,
      completionStartTime: START_MS + 40,
      timeToFirstTokenMs: 40,
      input: '[{"role":"user"}]',
      output: "fine",
      metadata: Object.fromEntries([
        ["chunks", 20],
        ["__proto__", "odd"],
        ["plan", "pro"],
      ]),
      model: "claude",
      modelParameters: { temperature: 0 },
      usage: { input: 3, output: 5 },
      cost: { total: 0.01 },
      promptName: "greeting",
      promptVersion: "3",
      version: "v1",
      release: "r1",
      environment: "staging",
      traceName: "Assistant",
      sessionId: "chat",
      userId: "ada",
      tags: ["a", "b"],
      public: true,
      traceMetadata: { plan: "pro" },
      scope: "langfuse-sdk-edge",
    });
  });

  it("fills in as Langfuse does", () => {
    expect(observe({ name: undefined, endTimeUnixNano: undefined })).toMatchObject({
      root: true,
      type: "span",
      name: "",
      level: "DEFAULT",
      latencyMs: 0,
      environment: "default",
      tags: [],
    });
    expect(observe({ status: { code: 2, message: "boom" } })).toMatchObject({
      level: "ERROR",
      statusMessage: "boom",
    });
    expect(observe({}, { "langfuse.environment": "NOT allowed" }).environment).toBe("default");
  });

  it("does not hide a negative latency", () => {
    expect(observe({ endTimeUnixNano: nanos(START_MS - 5) }).latencyMs).toBe(-5);
  });
});

describe("nanosToMs", () => {
  it.each([
    ["1795000000123456789", 1795000000123.456],
    ["0", 0],
    [1795000000123000000, undefined],
    ["-1", undefined],
    ["1e18", undefined],
    ["", undefined],
    [null, undefined],
    [undefined, undefined],
  ])("%j", (given, expected) => {
    expect(nanosToMs(given)).toBe(expected);
  });
});
