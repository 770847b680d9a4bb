import { createObservationAttributes } from "@langfuse/tracing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AnyValue, KeyValue, Span } from "../../../src/otlp/types.ts";
import { toOtlp, toSpan } from "../../../src/langfuse/to-otlp.ts";
import type { ObservationRecord } from "../../../src/protocol/record.ts";
import { looseObservation } from "./arbitrary-records.ts";

const record: ObservationRecord = {
  ordinal: 1,
  actions: 2,
  size: 100,
  kind: "observation",
  traceId: "b2da82a90f74a406596bb57639b0bd19",
  id: "00f067aa0ba902b7",
  parentId: "b7ad6b7169203331",
  type: "generation",
  name: "streaming-response",
  startTime: 1_795_380_919_713,
  endTime: 1_795_380_920_000.25,
  fields: {
    input: '{"message":"hi"}',
    output: "hello",
    level: "WARNING",
    statusMessage: "slow",
    version: "v2",
    model: "m-1",
    modelParameters: '{"temperature":0.5}',
    usageDetails: '{"input":3,"output":4}',
    costDetails: '{"total":0.1}',
    completionStartTime: 1_795_380_919_800,
    promptName: "chat",
    promptVersion: 3,
  },
  metadata: [
    ["source", "frontend-click"],
    ["latencies", '{"a":1.5}'],
  ],
  trace: {
    name: "Claude Assistant",
    sessionId: "s-1",
    userId: "u-1",
    release: "r-1",
    version: "v1",
    environment: "prod",
    public: true,
    tags: ["a", "b"],
    metadata: [["team", "x"]],
  },
};

const attributes = (span: Span): Record<string, AnyValue> =>
  Object.fromEntries(span.attributes.map(({ key, value }) => [key, value]));

const without = <K extends keyof ObservationRecord>(key: K): Omit<ObservationRecord, K> => {
  const { [key]: _, ...rest } = record;
  return rest;
};

describe("a span on the wire", () => {
  it("carries what the contract names, in the forms that it names", () => {
    expect(toOtlp([record])).toMatchObject({
      resourceSpans: [
        {
          resource: { attributes: [{ key: "service.name" }] },
          scopeSpans: [
            {
              scope: { name: "langfuse-sdk-edge" },
              spans: [
                {
                  traceId: record.traceId,
                  spanId: record.id,
                  parentSpanId: record.parentId,
                  name: "streaming-response",
                  kind: 1,
                  startTimeUnixNano: "1795380919713000000",
                  endTimeUnixNano: "1795380920000250000",
                  status: { code: 0 },
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it("writes trace-wide attributes on a child as on a root", () => {
    expect(attributes(toSpan(record))).toMatchObject({
      "langfuse.trace.name": { stringValue: "Claude Assistant" },
      "session.id": { stringValue: "s-1" },
      "user.id": { stringValue: "u-1" },
      "langfuse.environment": { stringValue: "prod" },
      "langfuse.release": { stringValue: "r-1" },
      "langfuse.trace.public": { boolValue: true },
      "langfuse.trace.tags": {
        arrayValue: { values: [{ stringValue: "a" }, { stringValue: "b" }] },
      },
      "langfuse.trace.metadata.team": { stringValue: "x" },
    });
  });

  it("leaves a trace's metadata key off a span with another value: Langfuse would show the trace's", () => {
    const pairs = [["source", "x"] as const, ["latencies", '{"a":1.5}'] as const];
    const trace = { ...record.trace, metadata: pairs };
    const written = attributes(toSpan({ ...record, trace } as ObservationRecord));
    expect(written).toMatchObject({
      "langfuse.observation.metadata.source": { stringValue: "frontend-click" },
      "langfuse.trace.metadata.latencies": { stringValue: '{"a":1.5}' },
    });
    expect(written).not.toHaveProperty(["langfuse.trace.metadata.source"]);
  });

  it("writes an observation's own attributes as the official SDK does", () => {
    const official = createObservationAttributes("generation", {
      input: { message: "hi" },
      output: "hello",
      level: "WARNING",
      statusMessage: "slow",
      version: "v2",
      model: "m-1",
      modelParameters: { temperature: 0.5 },
      usageDetails: { input: 3, output: 4 },
      costDetails: { total: 0.1 },
      completionStartTime: new Date(1_795_380_919_800),
      prompt: { name: "chat", version: 3, isFallback: false },
      metadata: { source: "frontend-click", latencies: { a: 1.5 } },
    });
    const expected = Object.fromEntries(
      Object.entries(official).map(([key, value]) => [
        key,
        typeof value === "number" ? { intValue: value } : { stringValue: value },
      ]),
    );
    const own = Object.fromEntries(
      toSpan({ ...record, trace: {} }).attributes.map(({ key, value }) => [key, value]),
    );
    expect(own).toEqual(expected);
  });

  it("falls back to the trace's version", () => {
    const span = toSpan({ ...record, fields: {} });
    expect(attributes(span)["langfuse.version"]).toEqual({ stringValue: "v1" });
  });

  it("marks a root, which has no parent", () => {
    const root = toSpan({ ...without("parentId"), root: true });
    expect(root).not.toHaveProperty("parentSpanId");
    expect(attributes(root)["langfuse.internal.is_app_root"]).toEqual({ boolValue: true });
    expect(attributes(toSpan(record))).not.toHaveProperty("langfuse.internal.is_app_root");
  });

  it("sets the status of an error, with its message", () => {
    const span = toSpan({ ...record, fields: { level: "ERROR", statusMessage: "boom" } });
    expect(span.status).toEqual({ code: 2, message: "boom" });
    expect(attributes(span)["langfuse.observation.level"]).toEqual({ stringValue: "ERROR" });
  });

  it("links a prompt only to a generation", () => {
    const span = toSpan({ ...record, type: "span" });
    expect(span.attributes.filter(({ key }) => key.includes(".prompt."))).toEqual([]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    "says nothing of a version %d",
    (promptVersion) => {
      const span = toSpan({ ...record, fields: { promptVersion } });
      expect(attributes(span)).not.toHaveProperty("langfuse.observation.prompt.version");
    },
  );

  it("lets a verbatim trace id through as it is", () => {
    const traceId = "ui2-1671234567890-abc123";
    expect(toSpan({ ...record, traceId }).traceId).toBe(traceId);
  });

  it.each([
    [0, "0"],
    [1_671_234_567_890, "1671234567890000000"],
    [1_795_380_919_736 + 0.390_268, "1795380919736390000"],
    [1_795_380_919_736 + 0.999_9, "1795380919737000000"],
    [1_795_380_919_736 + 0.000_976_562_5, "1795380919736001000"],
  ])("says %d ms in nanoseconds without drift", (ms, expected) => {
    expect(toSpan({ ...record, startTime: ms, endTime: ms }).startTimeUnixNano).toBe(expected);
  });

  it("keeps order and microseconds of any two times", () => {
    fc.assert(
      fc.property(fc.nat(2_000_000_000_000), fc.nat(999), fc.nat(5_000_000), (ms, us, more) => {
        const startTime = ms + us / 1000;
        const span = toSpan({ ...record, startTime, endTime: startTime + more / 1000 });
        const [start, end] = [BigInt(span.startTimeUnixNano), BigInt(span.endTimeUnixNano)];
        expect(start).toBe((BigInt(ms) * 1000n + BigInt(us)) * 1000n);
        expect(end).toBeGreaterThanOrEqual(start);
      }),
    );
  });
});

describe("any record", () => {
  it("has no attribute without a value, no null, no key twice, no lone surrogate", () => {
    fc.assert(
      fc.property(fc.array(looseObservation, { maxLength: 4 }), (records) => {
        const request = toOtlp(records);
        expect(holes(request)).toEqual([]);
        const body = JSON.stringify(request);
        expect(/\\ud[89a-f]/i.test(body.replaceAll("\\\\", ""))).toBe(false);
        expect(body.isWellFormed()).toBe(true);
        for (const span of request.resourceSpans[0]?.scopeSpans[0]?.spans ?? []) {
          expect(span.attributes.filter(isEmpty)).toEqual([]);
          const keys = span.attributes.map(({ key }) => key);
          expect(new Set(keys).size).toBe(keys.length);
        }
      }),
    );
  });

  it("makes the same bytes each time, after storage too", () => {
    fc.assert(
      fc.property(looseObservation, (one) => {
        const bytes = JSON.stringify(toOtlp([one]));
        expect(JSON.stringify(toOtlp([structuredClone(one)]))).toBe(bytes);
      }),
    );
  });
});

const isEmpty = ({ value }: KeyValue): boolean => Object.values(value).length !== 1;

/** Paths of everything null, undefined or not finite. */
function holes(value: unknown, path = "$"): string[] {
  if (value === null || value === undefined) return [path];
  if (typeof value === "number") return Number.isFinite(value) ? [] : [path];
  if (typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, item]) => holes(item, `${path}.${key}`));
}
