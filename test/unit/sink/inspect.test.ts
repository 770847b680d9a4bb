import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inspect, type SinkRequest, type Verdict } from "../../../src/sink/inspect.ts";
import type { Known } from "../../../src/sink/inspect-export.ts";
import {
  attributes,
  batchRequest,
  bytesOf,
  CHILD,
  exportOf,
  nanos,
  OTHER_TRACE,
  otlpRequest,
  ROOT,
  scoreEvent,
  span,
  START_MS,
  TRACE,
} from "./exports.ts";

const NOTHING: Known = { hashes: () => [], roots: () => [] };
const judge = (request: SinkRequest, known = NOTHING): Verdict => inspect(request, known);
const kinds = (verdict: Verdict): string[] => verdict.findings.map((found) => found.kind);
const good = exportOf(span());

describe("refuses what Langfuse refuses", () => {
  const text = (words: string) => ({ access: "full", contentType: words }) as const;
  it.each<[string, SinkRequest, number, string]>([
    ["no keys", otlpRequest(good, { access: "none" }), 401, "credentials"],
    ["no keys for a batch", batchRequest([], { access: "none" }), 401, "credentials"],
    ["a public key alone", otlpRequest(good, { access: "scores" }), 403, "only write scores"],
    ["version 5", otlpRequest(good, { ingestionVersion: "5" }), 400, 'version: "5"'],
    ["a version of text", otlpRequest(good, { ingestionVersion: "new" }), 400, 'version: "new"'],
    ["too large a body", otlpRequest("", { body: "too_large" }), 413, "size limit"],
    ["too large a batch", batchRequest([], { body: "too_large" }), 413, "size limit"],
    ["no gzip", otlpRequest("", { body: "unreadable" }), 400, "Failed to decompress"],
    ["text/plain", otlpRequest(good, text("text/plain")), 400, "Invalid content type"],
    ["no content type", otlpRequest(good, text("")), 400, "Invalid content type"],
    ["no JSON", otlpRequest("{nope"), 400, "Failed to parse OTel JSON Trace"],
    ["an empty body", otlpRequest(""), 400, "Failed to parse OTel JSON Trace"],
    [
      "no protobuf",
      otlpRequest("nope", text("application/x-protobuf")),
      400,
      "Failed to parse OTel Protobuf Trace",
    ],
    ["no trace id", otlpRequest(exportOf(span({ traceId: undefined }))), 400, "traceId:absent"],
    ["an empty span id", otlpRequest(exportOf(span({ spanId: "" }))), 400, "spanId:absent"],
    ["a span id of a number", otlpRequest(exportOf(span({ spanId: 7 }))), 400, "spanId:not_an_id"],
    [
      "a parent of a number",
      otlpRequest(exportOf(span({ parentSpanId: 7 }))),
      400,
      "parentSpanId:not_an_id",
    ],
    [
      "attributes as an object",
      otlpRequest(exportOf(span({ attributes: { a: 1 } }))),
      400,
      "attributes:not_an_array",
    ],
    [
      "events as an object",
      otlpRequest(exportOf(span({ events: {} }))),
      400,
      "events:not_an_array",
    ],
    [
      "an event's attributes",
      otlpRequest(exportOf(span({ events: [{ attributes: {} }] }))),
      400,
      "event.attributes:not_an_array",
    ],
    [
      "a resource's attributes",
      otlpRequest({ resourceSpans: [{ resource: { attributes: {} } }] }),
      400,
      "resource.attributes:not_an_array",
    ],
    [
      "spans that are no list",
      otlpRequest({ resourceSpans: [{ scopeSpans: [{ spans: {} }] }] }),
      400,
      "spans:not_an_array",
    ],
    [
      "one bad span of two",
      otlpRequest(exportOf(span(), span({ spanId: 1 }))),
      400,
      "1 of 2 span(s) cannot be processed",
    ],
    [
      "a body that is no batch",
      { ...batchRequest([]), body: bytesOf({}) },
      400,
      "Invalid request data",
    ],
    [
      "a batch of protobuf",
      batchRequest([], text("application/x-protobuf")),
      400,
      "Invalid content type",
    ],
  ])("%s", (_name, request, status, words) => {
    const verdict = judge(request);
    expect(verdict.status).toBe(status);
    expect(verdict.body).toContain(words.replaceAll('"', status === 413 ? '"' : '\\"'));
    expect(verdict.kept).toEqual([]);
    expect(kinds(verdict)).toEqual(["refused"]);
  });

  it("in words that name no key and in the form of each API", () => {
    expect(JSON.parse(judge(otlpRequest("{")).body)).toEqual({
      error: "Failed to parse OTel JSON Trace",
    });
    expect(judge(otlpRequest("", { body: "too_large" })).contentType).toBe("text/plain");
  });
});

describe("takes", () => {
  it("a good export, with an answer that is no OTLP answer", () => {
    const verdict = judge(otlpRequest(good));
    expect(verdict).toMatchObject({
      status: 200,
      body: "{}",
      contentType: "application/json",
      findings: [],
    });
    expect(verdict.kept.map((kept) => kept.observation.id)).toEqual([ROOT]);
  });

  it.each([
    ["nothing", {}],
    ["no list of spans", { resourceSpans: null }],
    ["absent lists", exportOf(span({ attributes: null, events: null }))],
  ])("%s", (_name, body) => {
    expect(judge(otlpRequest(body))).toMatchObject({ status: 200, findings: [] });
  });

  it("any text as an id", () => {
    const verdict = judge(
      otlpRequest(exportOf(span({ traceId: "ui2-1671234567890-abc123", spanId: "s" }))),
    );
    expect(verdict.kept[0]?.sent.traceId).toBe("ui2-1671234567890-abc123");
  });

  it("versions up to 4", () => {
    expect(judge(otlpRequest(good, { ingestionVersion: "3" })).status).toBe(200);
  });

  it("a content type with parameters, in any case", () => {
    const contentType = "Application/JSON; charset=utf-8";
    expect(judge(otlpRequest(good, { contentType })).status).toBe(200);
  });
});

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

  it("an empty value is no null", () => {
    expect(judge(twoSpans(withList([{ key: "k", value: {} }]))).kept).toHaveLength(2);
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
    ["no start", at(undefined, nanos(START_MS)), ["time_1970"]],
    ["a start that is no number", at("yesterday", nanos(START_MS)), ["time_1970"]],
    ["no end", at(nanos(START_MS), undefined), ["missing_end"]],
    ["end before start", at(nanos(START_MS), nanos(START_MS - 1)), ["end_before_start"]],
    ["end at start", at(nanos(START_MS), nanos(START_MS)), []],
    ["times as numbers", at(START_MS * 1e6, START_MS * 1e6), []],
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

  it("no ingestion version, unless an official SDK speaks", () => {
    const { ingestionVersion: _none, ...request } = otlpRequest(good);
    expect(kinds(judge(request))).toEqual(["late_data"]);
    expect(kinds(judge({ ...request, sdkName: "python" }))).toEqual([]);
  });
});

describe("says what is doubled", () => {
  const hashOf = (body: object) => judge(otlpRequest(body)).kept[0]?.hash ?? "";
  const holding = (...bodies: object[]): Known => ({
    hashes: (trace, id) => (trace === TRACE && id === ROOT ? bodies.map(hashOf) : []),
    roots: (trace) => (trace === TRACE && bodies.length > 0 ? [ROOT] : []),
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
    [
      "an empty parent is none",
      [span(), span({ spanId: CHILD, parentSpanId: "" })],
      ["second_root"],
    ],
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

describe("ingestion batches", () => {
  const events = (...given: object[]) => judge(batchRequest(given));
  const score = { id: "s1", traceId: TRACE, name: "helpful", value: 1 };
  const answerOf = (verdict: Verdict): unknown => JSON.parse(verdict.body);

  it.each([
    "trace-create",
    "span-create",
    "span-update",
    "generation-create",
    "generation-update",
    "event-create",
    "observation-create",
  ])("%s is refused, one by one, with 207", (type) => {
    const event = { id: "e", timestamp: "2026-11-22T12:00:00Z", type, body: { id: "x" } };
    const verdict = events(event, scoreEvent(score));
    expect(verdict.status).toBe(207);
    expect(answerOf(verdict)).toMatchObject({
      successes: [{ id: "event-1", status: 201 }],
      errors: [{ id: "e", status: 400, message: "Event type not accepted" }],
    });
    expect(verdict.scores).toHaveLength(1);
  });

  it("sdk-log passes and leaves nothing", () => {
    const verdict = events({ ...scoreEvent({}), type: "sdk-log" });
    expect(answerOf(verdict)).toEqual({ successes: [{ id: "event-1", status: 201 }], errors: [] });
    expect(verdict).toMatchObject({ scores: [], findings: [] });
  });

  it("a score is stored, also with a public key alone", () => {
    const verdict = judge(batchRequest([scoreEvent(score)], { access: "scores" }));
    expect(verdict.scores).toMatchObject([
      { id: "s1", traceId: TRACE, name: "helpful", value: "1" },
    ]);
    expect(verdict.findings).toEqual([]);
  });

  it("a score without an id is answered 201 and never stored", () => {
    const { id: _id, ...nameless } = score;
    const verdict = events(scoreEvent(nameless));
    expect(answerOf(verdict)).toMatchObject({ successes: [{ status: 201 }], errors: [] });
    expect(verdict.scores).toEqual([]);
    expect(verdict.findings).toMatchObject([{ kind: "score_without_id", severity: "error" }]);
  });

  it.each([
    ["no name", { ...score, name: undefined }],
    ["no value", { ...score, value: null }],
    ["no subject", { ...score, traceId: undefined }],
    ["no body", undefined],
  ])("a score with %s is refused", (_name, body) => {
    expect(answerOf(events({ ...scoreEvent({}), body }))).toMatchObject({
      successes: [],
      errors: [{ id: "event-1", status: 400 }],
    });
  });

  it("a score of a session needs no trace", () => {
    const body = { id: "s2", sessionId: "chat", name: "helpful", value: "yes" };
    expect(events(scoreEvent(body)).scores).toMatchObject([
      { id: "s2", traceId: "", sessionId: "chat" },
    ]);
  });
});

describe("never throws and is never kinder", () => {
  const anything = fc.json({ maxDepth: 6 });
  const loose = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(null, undefined, 0, "", "x", "\ud800", true, TRACE),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(
          "key",
          "value",
          "values",
          "stringValue",
          "arrayValue",
          "kvlistValue",
          "spans",
          "attributes",
          "scope",
          "name",
        ),
        tie("value"),
      ),
    ),
  })).value;

  it("whatever the bytes are", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("otlp" as const, "ingestion" as const),
        fc.constantFrom("application/json", "application/x-protobuf"),
        fc.oneof(fc.uint8Array({ maxLength: 200 }), anything.map(bytesOf)),
        (api, contentType, body) => {
          const verdict = judge({ api, access: "full", contentType, body });
          expect([200, 207, 400]).toContain(verdict.status);
        },
      ),
    );
  });

  it("whatever stands where a span, an attribute or an event should be", () => {
    fc.assert(
      fc.property(loose, loose, loose, (one, two, three) => {
        const odd = exportOf(
          one,
          span({ attributes: two, events: three }),
          span({ attributes: [two] }),
        );
        const verdict = judge(otlpRequest(odd));
        expect(verdict.status === 200 || verdict.kept.length === 0).toBe(true);
        expect(JSON.stringify(verdict.findings).isWellFormed()).toBe(true);
        expect(
          judge(batchRequest([one, scoreEvent({ id: two, name: "n", value: three })])).status,
        ).toBe(207);
      }),
    );
  });

  it("a nesting that would overflow the stack is refused", () => {
    const deep = `${'{"a":['.repeat(50_000)}${"]}".repeat(50_000)}`;
    const body = JSON.stringify(exportOf(span())).replace('"a span"', deep);
    expect(judge(otlpRequest(body)).status).toBe(400);
    expect(judge(batchRequest([], { body: bytesOf(`{"batch":[${deep}]}`) })).status).toBe(400);
  });

  it("does not lose a good span to its neighbour's times", () => {
    const verdict = judge(
      otlpRequest(
        exportOf(
          span({ endTimeUnixNano: "0" }),
          span({ spanId: CHILD, parentSpanId: ROOT, attributes: attributes({}) }),
        ),
      ),
    );
    expect(verdict.kept).toHaveLength(2);
  });
});
