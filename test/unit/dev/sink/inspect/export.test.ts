import { describe, expect, it } from "vitest";
import type { SinkRequest } from "../../../../../src/dev/sink/inspect/inspect.ts";
import type { Known } from "../../../../../src/dev/sink/inspect/export.ts";
import {
  CHILD,
  exportOf,
  good,
  nanos,
  OTHER_TRACE,
  otlpRequest,
  ROOT,
  span,
  START_MS,
  TRACE,
} from "../exports.ts";
import { judge, kinds } from "./judging.ts";

describe("says what is accepted and then lost", () => {
  const twoSpans = (bad: object) =>
    otlpRequest(exportOf(span({ spanId: CHILD, parentSpanId: ROOT }), bad));
  const withList = (list: unknown[]) => span({ attributes: list });

  it.each<[string, object]>([
    ["a null value", withList([{ key: "k", value: null }])],
    ["no value", withList([{ key: "k" }])],
    ["a null in the list", withList([null])],
    ["a null in an array", withList([{ key: "k", value: { arrayValue: { values: [null] } } }])],
    ["a null tag", withList([{ key: "k", value: { stringValue: null } }])],
    [
      "a null in an object",
      withList([{ key: "k", value: { kvlistValue: { values: [{ key: "x" }] } } }]),
    ],
    [
      "a null in an event",
      span({ events: [{ name: "e", attributes: [{ key: "k", value: null }] }] }),
    ],
  ])("%s: every span of the request", (_name, bad) => {
    const verdict = judge(twoSpans(bad));
    expect(verdict.status).toBe(200);
    expect(verdict.kept).toEqual([]);
    expect(verdict.findings).toMatchObject([
      { kind: "null_attribute", severity: "error", traceId: TRACE, spanId: ROOT },
    ]);
  });

  it("an empty list is no null", () => {
    const empty = withList([{ key: "k", value: { arrayValue: {} } }]);
    expect(judge(twoSpans(empty)).kept).toHaveLength(2);
  });

  it.each<[string, object]>([
    ["in a text", span({}, { "langfuse.observation.input": "half \ud83d" })],
    ["in a name", span({ name: "\udc00" })],
    ["in a key", span({}, { "k\ud800": "v" })],
    ["in a field's name", span({ "odd\ud800": 1 })],
  ])("a lone surrogate %s", (_name, bad) => {
    const verdict = judge(twoSpans(bad));
    expect(verdict.status).toBe(200);
    expect(verdict.kept).toEqual([]);
    expect(kinds(verdict)).toEqual(["lone_surrogate"]);
    expect(JSON.stringify(verdict.findings).isWellFormed()).toBe(true);
  });

  it("whole emojis are none", () => {
    expect(judge(twoSpans(span({}, { a: "🙂" }))).findings).toEqual([]);
  });
});

describe("says what is kept wrong", () => {
  const at = (start: unknown, end: unknown) =>
    otlpRequest(exportOf(span({ startTimeUnixNano: start, endTimeUnixNano: end })));

  it.each<[string, SinkRequest, string[]]>([
    ["end 0", at(nanos(START_MS), "0"), ["time_1970"]],
    ["start 0", at("0", nanos(START_MS)), ["time_1970"]],
    ["seconds for nanoseconds", at("1795000000", "1795000001"), ["time_1970", "time_1970"]],
    ["no end", at(nanos(START_MS), undefined), ["missing_end"]],
    ["end before start", at(nanos(START_MS), nanos(START_MS - 1)), ["end_before_start"]],
    ["end at start", at(nanos(START_MS), nanos(START_MS)), []],
  ])("%s", (_name, request, expected) => {
    const verdict = judge(request);
    expect(kinds(verdict)).toEqual(expected);
    expect(verdict.kept).toHaveLength(1);
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    ["environment Production", { "langfuse.environment": "Production" }, ["bad_environment"]],
    ["environment langfuse-x", { "langfuse.environment": "langfuse-x" }, ["bad_environment"]],
    ["environment of 41", { "langfuse.environment": "a".repeat(41) }, ["bad_environment"]],
    ["environment staging_2-b", { "langfuse.environment": "staging_2-b" }, []],
    ["type robot", { "langfuse.observation.type": "robot" }, ["unknown_type"]],
    ["usage of text", { "langfuse.observation.usage_details": "many" }, ["unreadable_value"]],
    [
      "usage with a text in it",
      { "langfuse.observation.usage_details": '{"input":"3"}' },
      ["unreadable_value"],
    ],
    [
      "a first token never",
      { "langfuse.observation.completion_start_time": "soon" },
      ["unreadable_value"],
    ],
  ])("%s", (_name, values, expected) => {
    expect(kinds(judge(otlpRequest(exportOf(span({}, values)))))).toEqual(expected);
  });

  it("a foreign scope, once", () => {
    const scopeSpans = [
      {
        scope: { name: "my-tracer" },
        spans: [span(), span({ spanId: CHILD, parentSpanId: ROOT })],
      },
    ];
    const verdict = judge(otlpRequest({ resourceSpans: [{ scopeSpans }] }));
    expect(verdict.findings).toMatchObject([{ kind: "scope_noise", severity: "warning" }]);
  });
});

describe("says what is doubled", () => {
  const hashOf = (body: object) => judge(otlpRequest(body)).kept[0]?.hash ?? "";
  const holding = (...bodies: object[]): Known => ({
    hashes: (trace, id) => (trace === TRACE && id === ROOT ? bodies.map(hashOf) : []),
    roots: (trace) => (trace === TRACE && bodies.length > 0 ? [ROOT] : []),
    secondIsLost: () => false,
  });

  it("byte for byte: a warning, nothing more to store", () => {
    const verdict = judge(otlpRequest(good), holding(good));
    expect(verdict.kept).toEqual([]);
    expect(verdict.resent).toHaveLength(1);
    expect(verdict.findings).toMatchObject([{ kind: "resent_span", severity: "warning" }]);
  });

  it("other content: an error, and both are stored", () => {
    const verdict = judge(otlpRequest(exportOf(span({ name: "other" }))), holding(good));
    expect(verdict.kept).toHaveLength(1);
    expect(verdict.findings).toMatchObject([
      { kind: "duplicate_span", severity: "error", spanId: ROOT },
    ]);
  });

  it("within one request as well", () => {
    expect(kinds(judge(otlpRequest(exportOf(span(), span()))))).toEqual(["resent_span"]);
    expect(kinds(judge(otlpRequest(exportOf(span(), span({ name: "b" })))))).toEqual([
      "duplicate_span",
    ]);
  });

  it("the same span id in another trace is another span", () => {
    expect(kinds(judge(otlpRequest(exportOf(span(), span({ traceId: OTHER_TRACE })))))).toEqual([]);
  });

  it.each<[string, object[], string[]]>([
    ["no parent twice", [span(), span({ spanId: CHILD })], ["second_root"]],
    [
      "an application's root under a root",
      [
        span(),
        span({ spanId: CHILD, parentSpanId: ROOT }, { "langfuse.internal.is_app_root": true }),
      ],
      ["second_root"],
    ],
    ["a child", [span(), span({ spanId: CHILD, parentSpanId: ROOT })], []],
    ["a root marked as one", [span({}, { "langfuse.internal.is_app_root": true })], []],
  ])("roots: %s", (_name, spans, expected) => {
    expect(kinds(judge(otlpRequest(exportOf(...spans))))).toEqual(expected);
  });

  it("a second root that comes later", () => {
    const verdict = judge(otlpRequest(exportOf(span({ spanId: CHILD }))), holding(good));
    expect(verdict.findings).toMatchObject([
      { kind: "second_root", severity: "error", spanId: CHILD },
    ]);
  });
});
