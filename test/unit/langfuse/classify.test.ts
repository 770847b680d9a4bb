import { describe, expect, it } from "vitest";
import {
  type LangfuseAnswer,
  classify,
  MAX_RETRY_AFTER_MS,
} from "../../../src/langfuse/classify.ts";

const NOW = Date.UTC(2026, 10, 22, 12);

const answer = (
  status: number,
  bodyText = "{}",
  more: { contentType?: string; retryAfter?: string; cut?: boolean } = {},
): LangfuseAnswer => ({ status, contentType: "application/json", bodyText, cut: false, ...more });

const HTML = { contentType: "text/html; charset=utf-8" };
const PAGE = "<!doctype html><title>Sign in</title>";

describe("a 200 that says what it did not take", () => {
  const partial = (rejectedSpans: unknown, errorMessage?: unknown): LangfuseAnswer =>
    answer(200, JSON.stringify({ partialSuccess: { rejectedSpans, errorMessage } }));

  it.each([[3], ["3"]])("with %j rejected spans is not wholly delivered", (count) => {
    const verdict = { kind: "rejected", count: 3, message: "too old" };
    expect(classify(partial(count, "too old"), NOW)).toEqual(verdict);
  });

  it("says how many where it has no words", () => {
    expect(classify(partial(1, 7), NOW)).toMatchObject({
      message: "1 span(s) rejected without words",
    });
  });

  it.each([[0], ["0"], [null], [undefined], ["many"], [-1]])(
    "with %j rejected spans is delivered",
    (count) => expect(classify(partial(count, "a warning"), NOW).kind).toBe("delivered"),
  );
});

describe("one answer, one verdict", () => {
  it.each<[string, LangfuseAnswer, string]>([
    ["200 {}", answer(200), "delivered"],
    ["200 job description", answer(200, '{"id":"7","name":"otel"}'), "delivered"],
    [
      "207 all taken",
      answer(207, '{"successes":[{"id":"a","status":201}],"errors":[]}'),
      "delivered",
    ],
    [
      "207 with an error",
      answer(207, '{"successes":[],"errors":[{"id":"a","status":400}]}'),
      "partly",
    ],
    ["200 page", answer(200, PAGE, HTML), "wrong_url"],
    ["200 page without type", answer(200, PAGE, { contentType: "" }), "wrong_url"],
    ["200 JSON said to be a page", answer(200, "{}", HTML), "wrong_url"],
    ["200 text", answer(200, "ok", { contentType: "text/plain" }), "wrong_url"],
    ["200 JSON text", answer(200, '"ok"'), "wrong_url"],
    ["200 null", answer(200, "null"), "wrong_url"],
    ["204", answer(204, ""), "wrong_url"],
    ["200 cut", answer(200, '{"a":', { cut: true }), "unknown"],
    ["hidden redirect", answer(0, ""), "wrong_url"],
    ["301", answer(301, "", HTML), "wrong_url"],
    ["302", answer(302, ""), "wrong_url"],
    ["304", answer(304, ""), "wrong_url"],
    ["308", answer(308, ""), "wrong_url"],
    ["400", answer(400, '{"error":"Invalid OTLP trace export"}'), "bad_request"],
    ["400 text that a gzipped batch is no JSON", answer(400, "Invalid JSON"), "bad_request"],
    ["400 text", answer(400, "no", { contentType: "text/plain" }), "bad_request"],
    ["400 page", answer(400, PAGE, HTML), "wrong_url"],
    ["401", answer(401, '{"message":"Invalid credentials"}'), "keys"],
    ["403", answer(403), "keys"],
    ["403 page", answer(403, PAGE, HTML), "keys"],
    ["404", answer(404), "wrong_url"],
    ["405", answer(405), "wrong_url"],
    ["410", answer(410), "wrong_url"],
    ["408", answer(408), "later"],
    ["413", answer(413, "Body exceeded 4.5mb limit"), "too_large"],
    ["413 page of a proxy", answer(413, PAGE, HTML), "too_large"],
    ["422, Langfuse's store is busy", answer(422), "unknown"],
    ["418 page", answer(418, PAGE, HTML), "wrong_url"],
    ["429", answer(429), "later"],
    ["500", answer(500), "later"],
    ["502 page", answer(502, PAGE, HTML), "later"],
    ["503", answer(503), "later"],
    ["599", answer(599), "later"],
    ["timeout", { failure: "timeout", detail: "TimeoutError" }, "later"],
    ["network", { failure: "network", detail: "refused" }, "later"],
  ])("%s", (_name, given, kind) => {
    expect(classify(given, NOW).kind).toBe(kind);
  });

  it("tells apart why it must be later", () => {
    const causes = [
      answer(429),
      answer(503),
      { failure: "timeout", detail: "" } as const,
      { failure: "network", detail: "" } as const,
    ].map((given) => classify(given, NOW));
    expect(causes.map((verdict) => ("cause" in verdict ? verdict.cause : undefined))).toEqual([
      "rate_limited",
      "unavailable",
      "timeout",
      "unreachable",
    ]);
  });
});

describe("Retry-After", () => {
  it.each<[string, number | undefined]>([
    ["30", 30_000],
    [" 1.5 ", 1500],
    ["0", 0],
    [new Date(NOW + 90_000).toUTCString(), 90_000],
    [new Date(NOW - 90_000).toUTCString(), 0],
    ["864000", MAX_RETRY_AFTER_MS],
    ["soon", undefined],
    ["", undefined],
  ])("%j", (retryAfter, expected) => {
    const verdict = classify(answer(429, "{}", { retryAfter }), NOW);
    expect("retryAfterMs" in verdict ? verdict.retryAfterMs : undefined).toBe(expected);
  });
});

describe("a bad request", () => {
  it.each([
    ["Failed to parse OTel JSON Trace", "request"],
    ["Failed to decompress request body", "request"],
    ["Invalid content type", "request"],
    ['Unsupported x-langfuse-ingestion-version: "5". Maximum supported: "4".', "request"],
    ["Invalid request data", "request"],
    ["Invalid OTLP trace export: 1 of 1 span(s) cannot be processed (spanId:absent).", "record"],
    ["something new", "unsaid"],
  ])("%s", (error, about) => {
    expect(classify(answer(400, JSON.stringify({ error })), NOW)).toEqual({
      kind: "bad_request",
      about,
      message: error,
    });
  });

  it("keeps Langfuse's words, however it puts them", () => {
    const said = (body: string): unknown => {
      const verdict = classify(answer(400, body), NOW);
      return "message" in verdict ? verdict.message : undefined;
    };
    expect(said('{"message":"a","error":"b"}')).toBe("a: b");
    expect(said('{"message":"a","error":[{"path":["x"]}]}')).toBe('a: [{"path":["x"]}]');
    expect(said("plain")).toBe("plain");
    expect(said("{}")).toBe("status 400 without words");
  });
});

it("says of each event of a batch what is at fault", () => {
  const errors = [
    { id: "a", status: 400, message: "Invalid request data", error: "[value]" },
    { id: "b", status: 401, message: "Authentication error" },
    { id: "c", status: 429 },
    { id: "d", status: 500, message: "Internal" },
    { id: "e", status: 400, message: "Event type not accepted" },
    { id: "f", status: 404, message: "no such trace" },
  ];
  const verdict = classify(answer(207, JSON.stringify({ successes: [], errors })), NOW);
  expect(verdict).toMatchObject({
    kind: "partly",
    refused: [
      { id: "a", about: "record", message: "Invalid request data: [value]" },
      { id: "b", about: "moment" },
      { id: "c", about: "moment" },
      { id: "d", about: "moment" },
      { id: "e", about: "request" },
      { id: "f", about: "record" },
    ],
  });
});

it("takes no event for delivered where an error does not say which it is about", () => {
  for (const nobody of [{ status: 400, message: "no" }, { id: "a" }, null, "no"]) {
    const errors = [{ id: "a", status: 400 }, nobody];
    const verdict = classify(answer(207, JSON.stringify({ successes: [], errors })), NOW);
    expect(verdict).toMatchObject({ kind: "unknown", status: 207 });
  }
});

it("finds words in an answer that is made to be slow to search", () => {
  const message = `event type\n${"event type ".repeat(90_000)}`;
  const errors = [{ id: "a", status: 400, message }];
  const began = performance.now();
  const verdict = classify(answer(207, JSON.stringify({ successes: [], errors })), NOW);
  expect(verdict).toMatchObject({ kind: "partly", refused: [{ id: "a", about: "record" }] });
  // It takes some ms; a search from each place of these words would be a minute.
  expect(performance.now() - began).toBeLessThan(30_000);
});
