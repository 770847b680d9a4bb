// The contract's lines on spans and their attributes: the name of each group is the line.
import { describe, expect, it } from "vitest";
import { attributes, CHILD, exportOf, ROOT, span } from "../exports.ts";
import { exported, withAttributes } from "./sink-answers.ts";

describe("400 naming spans: one span with a missing or non-string id, or `attributes` / `events` that are not arrays", () => {
  it.each<[string, Record<string, unknown>]>([
    ["no trace id", { traceId: undefined }],
    ["a null trace id", { traceId: null }],
    ["an empty span id", { spanId: "" }],
    ["a numeric span id", { spanId: 7 }],
    ["a null parent", { parentSpanId: null }],
    ["an empty parent", { parentSpanId: "" }],
    ["attributes of an object", { attributes: {} }],
    ["null attributes", { attributes: null }],
    ["null events", { events: null }],
    ["events of text", { events: "none" }],
    ["an event that is none", { events: ["boom"] }],
  ])("%s refuses the good span beside it too", async (_name, fields) => {
    const other = span({ spanId: CHILD, parentSpanId: ROOT });
    const { status, text, kept } = await exported(exportOf(other, span(fields)));
    expect([status, kept]).toEqual([400, []]);
    expect(text).toContain("1 of 2 span(s) cannot be processed");
  });

  it("a span may have neither list", async () => {
    const { status, kinds } = await exported(
      exportOf(span({ attributes: undefined, events: undefined })),
    );
    expect([status, kinds]).toEqual([200, []]);
  });
});

describe("a span, as the official SDK sends it: `name`, `kind: 1`, times as decimal strings, `status`", () => {
  it.each<[string, unknown]>([
    ["no JSON object", []],
    ["no list of spans at all", {}],
    ["a null list", { resourceSpans: null }],
    ["a span that is none", exportOf("span")],
    ["times as numbers", exportOf(span({ startTimeUnixNano: 1.795e18 }))],
    ["a start in words", exportOf(span({ startTimeUnixNano: "yesterday" }))],
    ["a start below zero", exportOf(span({ startTimeUnixNano: "-1" }))],
    ["no start", exportOf(span({ startTimeUnixNano: undefined }))],
    ["an end of null", exportOf(span({ endTimeUnixNano: null }))],
    ["a name that is no text", exportOf(span({ name: 5 }))],
    ["a kind in words", exportOf(span({ kind: "SPAN_KIND_INTERNAL" }))],
    ["a status in words", exportOf(span({ status: "OK" }))],
    ["a status code in words", exportOf(span({ status: { code: "STATUS_CODE_ERROR" } }))],
    [
      "an attribute without a key",
      exportOf(span({ attributes: [{ value: { stringValue: "" } }] })),
    ],
    ["an attribute of text", exportOf(span({ attributes: ["a"] }))],
    ["a bare value", exportOf(span({ attributes: [{ key: "a", value: "b" }] }))],
    ["a value without a tag", exportOf(span({}, { a: {} }))],
    ["an unknown tag", exportOf(span({}, { a: { dateValue: "now" } }))],
    ["a value of two tags", exportOf(span({}, { a: { stringValue: "b", intValue: 1 } }))],
    ["a number as text", exportOf(span({}, { a: { doubleValue: "1.5" } }))],
    ["a fraction as an integer", exportOf(span({}, { a: { intValue: 1.5 } }))],
    ["text as a flag", exportOf(span({}, { a: { boolValue: "true" } }))],
    ["a number as a string", exportOf(span({}, { a: { stringValue: 1 } }))],
    ["a wrong value in a list", exportOf(span({}, { a: { arrayValue: { values: ["b"] } } }))],
    ["a list that is none", exportOf(span({}, { a: { arrayValue: { values: {} } } }))],
    [
      "a key twice",
      exportOf(span({ attributes: [...attributes({ a: "1" }), ...attributes({ a: "2" })] })),
    ],
  ])("refuses %s", async (_name, body) => {
    const { status, kept, kinds } = await exported(body);
    expect([status, kept, kinds]).toEqual([400, [], ["refused"]]);
  });
});

describe("the table of attributes", () => {
  it.each<[string, Record<string, unknown>]>([["type", { "langfuse.observation.type": "robot" }]])(
    "%s that Langfuse does not know",
    async (_name, values) => {
      const { status, kinds } = await withAttributes(values);
      expect([status, kinds]).toEqual([200, ["unknown_type"]]);
    },
  );

  it.each<[string, Record<string, unknown>]>([
    ["input, output: a string", { "langfuse.observation.input": { intValue: "1" } }],
    ["level DEBUG / DEFAULT / WARNING / ERROR", { "langfuse.observation.level": "INFO" }],
    ["model.parameters: JSON text", { "langfuse.observation.model.parameters": "hot" }],
    ["usage_details: JSON text of numbers", { "langfuse.observation.usage_details": '{"a":"3"}' }],
    ["cost_details: JSON text of numbers", { "langfuse.observation.cost_details": "1" }],
    [
      "completion_start_time: JSON text of an ISO time",
      { "langfuse.observation.completion_start_time": "2026-11-22T12:00:00Z" },
    ],
    ["prompt: generations only", { "langfuse.observation.prompt.name": "greeting" }],
    ["tags: an array", { "langfuse.trace.tags": "a,b" }],
    ["public: a flag", { "langfuse.trace.public": "yes" }],
    ["is_app_root: a flag", { "langfuse.internal.is_app_root": "true" }],
    ["metadata: one attribute a key", { "langfuse.observation.metadata": '{"a":1}' }],
    ["a name that is not in it", { "langfuse.observation.colour": "red" }],
  ])("%s", async (_name, values) => {
    const { status, kept, kinds } = await withAttributes(values);
    expect([status, kept.length, kinds]).toEqual([200, 1, ["unreadable_value"]]);
  });
});

describe("a root is a span without parent **or** with `langfuse.internal.is_app_root`", () => {
  it("two roots where a joined span has the flag", async () => {
    const joined = span(
      { spanId: CHILD, parentSpanId: ROOT },
      { "langfuse.internal.is_app_root": true },
    );
    const { kept, kinds } = await exported(exportOf(span(), joined));
    expect(kept.map(({ root }) => root)).toEqual([true, true]);
    expect(kinds).toEqual(["second_root"]);
  });

  it("not where the flag says no", async () => {
    const child = span(
      { spanId: CHILD, parentSpanId: ROOT },
      { "langfuse.internal.is_app_root": { boolValue: false } },
    );
    expect((await exported(exportOf(span(), child))).kinds).toEqual([]);
  });
});

describe("`environment`: lower case letters, digits, `-`, `_`, at most 40, not beginning with `langfuse`", () => {
  it.each(["Production", "a b", "langfuse-x", "a".repeat(41), "", "langfuse"])(
    "%j becomes `default`",
    async (environment) => {
      const { kept, kinds } = await withAttributes({ "langfuse.environment": environment });
      expect([kept[0]?.environment, kinds]).toEqual(["default", ["bad_environment"]]);
    },
  );

  it.each(["a".repeat(40), "staging_2-b"])("%j stays", async (environment) => {
    const { kept, kinds } = await withAttributes({ "langfuse.environment": environment });
    expect([kept[0]?.environment, kinds]).toEqual([environment, []]);
  });
});
