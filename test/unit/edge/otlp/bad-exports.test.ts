// Requests on the paths of exports that are none: each gets a clear error, in the encoding that it came in.
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exportOf, spanArb } from "../../../support/arbitrary-spans.ts";
import { protobufOf } from "../../../support/otlp-protobuf.ts";
import { BASIC, KEYS } from "../edge-under-test.ts";
import { PATH, JSON_TYPE, PROTOBUF, SPAN, OPEN, exporter } from "./exporter.ts";

describe("a request that is none", () => {
  it.each<[string, BodyInit, Record<string, string>, number, string]>([
    ["no JSON", "{", {}, 400, "invalid_json"],
    ["a list", "[]", {}, 400, "invalid_request"],
    ["resources that are no list", '{"resourceSpans":{}}', {}, 400, "invalid_request"],
    ["scopes that are no list", '{"resourceSpans":[{"scopeSpans":1}]}', {}, 400, "invalid_request"],
    ["no protobuf", "x", { "content-type": PROTOBUF }, 400, "invalid_request"],
    ["a beacon's text", "{}", { "content-type": "text/plain" }, 400, "unsupported_media_type"],
    ["brotli", "x", { "content-encoding": "br" }, 400, "unsupported_media_type"],
    ["no gzip", "{}", { "content-encoding": "gzip" }, 400, "invalid_json"],
    ["too deep", "[".repeat(600), {}, 422, "too_deep"],
    ["another version", "{}", { "x-langfuse-ingestion-version": "5" }, 400, "invalid_request"],
    ["no version", "{}", { x_langfuse_ingestion_version: "new" }, 400, "invalid_request"],
  ])("%s", async (_, body, headers, status, reason) => {
    const edge = exporter();
    const answer = await edge.send(body, headers);
    expect(answer.status).toBe(status);
    const isProtobuf = headers["content-type"] === PROTOBUF;
    expect(answer.type).toBe(isProtobuf ? PROTOBUF : JSON_TYPE);
    const words = isProtobuf
      ? new TextDecoder().decode(answer.body as Uint8Array)
      : JSON.stringify(answer.body);
    expect(words).toContain(reason);
  });

  it("an earlier version, as Langfuse takes it, is fine", async () => {
    const edge = exporter();
    for (const version of ["4", "3", "1", ""]) {
      const answer = await edge.post([SPAN], { "x-langfuse-ingestion-version": version });
      expect(answer.status).toBe(200);
    }
  });

  it("says on Langfuse's own path what Langfuse says, and on OpenTelemetry's what HTTP says", async () => {
    const edge = exporter();
    const type = { "content-type": "text/html" };
    const own = await edge.send("{}", type);
    expect([own.status, own.body]).toEqual([
      400,
      expect.objectContaining({ error: expect.any(String) as string }),
    ]);
    expect((await edge.send("{}", type, "/v1/traces")).status).toBe(415);
  });

  it.each([
    ["a server's", {}, 8],
    [
      "a page's",
      { origin: "https://app.example.com", authorization: `Bearer ${KEYS.LANGFUSE_PUBLIC_KEY}` },
      4,
    ],
  ])("%s body has its bound", async (_, headers, mebi) => {
    const edge = exporter({ open: false, env: OPEN });
    const body = (bytes: number): string => "{}".padEnd(bytes);
    const bound = mebi * 1024 * 1024;
    expect((await edge.send(body(bound), headers)).status).toBe(200);
    const over = await edge.send(gzipSync(body(bound + 1)), {
      ...headers,
      "content-encoding": "gzip",
    });
    expect(over).toMatchObject({
      status: 413,
      body: { details: [{ reason: "body_too_large" }] },
    });
  });

  it("a bomb of gzip stays small", async () => {
    const edge = exporter();
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, " "));
    const answer = await edge.send(bomb, { "content-encoding": "gzip" });
    expect(answer).toMatchObject({
      status: 413,
      body: { details: [{ reason: "body_too_large" }] },
    });
  });

  it("another method says which there is", async () => {
    const edge = exporter();
    const answer = await edge.app.request(PATH, { headers: { authorization: BASIC } });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
  });

  it("any cut of a protobuf body is a bad request, never more", async () => {
    await fc.assert(
      fc.asyncProperty(spanArb, fc.double({ min: 0, max: 1, noNaN: true }), async (span, share) => {
        const whole = protobufOf(exportOf([span]));
        const cut = whole.slice(0, 1 + Math.floor(share * (whole.length - 2)));
        const answer = await exporter().send(cut, { "content-type": PROTOBUF });
        expect(answer.status).toBe(400);
      }),
      { numRuns: 60 },
    );
  });

  it("any bytes as protobuf are answered, never by a fault of the edge", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const body = Uint8Array.from(bytes);
        const answer = await exporter().send(body, { "content-type": PROTOBUF });
        expect([200, 400]).toContain(answer.status);
      }),
      { numRuns: 100 },
    );
  });
});
