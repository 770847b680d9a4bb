import { describe, expect, it } from "vitest";
import type { SinkRequest } from "../../../../../src/dev/sink/inspect/inspect.ts";
import { batchRequest, bytesOf, exportOf, good, otlpRequest, ROOT, span } from "../exports.ts";
import { judge, kinds } from "./judging.ts";

describe("refuses what Langfuse refuses", () => {
  const text = (words: string) => ({ access: "full", contentType: words }) as const;
  it.each<[string, SinkRequest, number, string]>([
    ["no keys", otlpRequest(good, { access: "none" }), 401, "credentials"],
    ["no keys for a batch", batchRequest([], { access: "none" }), 401, "credentials"],
    ["a public key alone", otlpRequest(good, { access: "scores" }), 403, "only write scores"],
    ["version 5", otlpRequest(good, { ingestionVersion: "5" }), 400, 'version: "5"'],
    ["a version of text", otlpRequest(good, { ingestionVersion: "new" }), 400, 'version: "new"'],
    ["too large a body", otlpRequest("", { body: "too_large" }), 413, "size limit"],
    ["too large a batch", batchRequest([], { body: "too_large" }), 413, "4.5mb limit"],
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
    ["no spans", { resourceSpans: [] }],
    ["absent lists", exportOf(span({ attributes: undefined, events: undefined }))],
  ])("%s", (_name, body) => {
    expect(judge(otlpRequest(body))).toMatchObject({ status: 200, findings: [] });
  });

  it("any text as an id", () => {
    const verdict = judge(
      otlpRequest(exportOf(span({ traceId: "ui2-1671234567890-abc123", spanId: "s" }))),
    );
    expect(verdict.kept[0]?.sent.traceId).toBe("ui2-1671234567890-abc123");
  });

  it("a content type with parameters, in any case", () => {
    const contentType = "Application/JSON; charset=utf-8";
    expect(judge(otlpRequest(good, { contentType })).status).toBe(200);
  });
});

describe("says what is kept wrong", () => {
  it("no ingestion version, unless an official SDK speaks", () => {
    const { ingestionVersion: _none, ...request } = otlpRequest(good);
    expect(kinds(judge(request))).toEqual(["late_data"]);
    expect(kinds(judge({ ...request, sdkName: "python" }))).toEqual([]);
  });
});
