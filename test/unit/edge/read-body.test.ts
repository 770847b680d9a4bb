import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { MAX_BODY_BYTES, MAX_BODY_DEPTH } from "../../../src/protocol/limits.ts";
import { BodyBudget } from "../../../src/edge/body-budget.ts";
import { isBeacon, readBody, refuseBody } from "../../../src/edge/read-body.ts";
import { requestBody } from "../../../src/edge/request-body.ts";

const request = (body: BodyInit | null, headers: Record<string, string> = {}): Request =>
  new Request("https://edge.test/", { method: "POST", body, headers });
const read = (sent: Request, budget = new BodyBudget()) =>
  readBody(sent.headers, requestBody(sent, { budget, now: () => 0 }), MAX_BODY_BYTES);
const GZIP = { "content-encoding": "gzip" };
const TOO_LARGE = { refusal: { code: "body_too_large" } };
const NOT_JSON = { refusal: { code: "invalid_json", message: "the body must be JSON in UTF-8" } };

describe("headers", () => {
  test.each([
    [{}, undefined],
    [{ "content-type": "application/json" }, undefined],
    [{ "content-type": "Application/JSON; charset=utf-8" }, undefined],
    [{ "content-type": "text/plain;charset=UTF-8" }, undefined],
    [{ "content-type": "text/html" }, "unsupported_media_type"],
    [{ "content-type": "application/x-www-form-urlencoded" }, "unsupported_media_type"],
    [{ "content-encoding": "identity" }, undefined],
    [{ "content-encoding": "GZIP" }, undefined],
    [{ "content-encoding": "br" }, "unsupported_media_type"],
    [{ "content-length": String(MAX_BODY_BYTES) }, undefined],
    [{ "content-length": String(MAX_BODY_BYTES + 1) }, "body_too_large"],
  ])("%j: %s", (headers, code) => {
    expect(refuseBody(new Headers(headers as Record<string, string>), MAX_BODY_BYTES)?.code).toBe(
      code,
    );
  });
});

test.each([
  [{ "content-type": "text/plain;charset=UTF-8" }, true],
  [{ "content-type": "text/plain", authorization: "Bearer x" }, false],
  [{ "content-type": "text/plain", "content-encoding": "gzip" }, false],
  [{ "content-type": "application/json" }, false],
  [{}, false],
])("%j: a beacon: %s", (headers, beacon) => {
  expect(isBeacon(new Headers(headers as Record<string, string>))).toBe(beacon);
});

test.each(['{"a":1}', '\ufeff{"a":1}', ' {"a":1}\n'])("%j is read", async (text) => {
  expect(await read(request(text))).toMatchObject({ value: { a: 1 } });
});

test.each([
  ["nothing", null],
  ["no text", ""],
  ["half", '{"a":'],
  ["NaN", '{"a":NaN}'],
  ["bytes that are no UTF-8", new Uint8Array([0x22, 0xff, 0x22])],
  ["half a character", new Uint8Array([0x22, 0xe2, 0x82, 0x22])],
])("%s is no JSON, and is not quoted", async (_, body) => {
  expect(await read(request(body))).toEqual(NOT_JSON);
});

test("as many bytes as may be are read, not one more", async () => {
  const text = (bytes: number): string => `"${"x".repeat(bytes - 2)}"`;
  expect(await read(request(text(MAX_BODY_BYTES)))).toHaveProperty("value");
  expect(await read(request(text(MAX_BODY_BYTES + 1)))).toMatchObject(TOO_LARGE);
});

test("a body without a declared length stops being read where it is too long", async () => {
  let pulled = 0;
  const long = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled += 1;
      if (pulled > 20) return controller.close();
      controller.enqueue(new Uint8Array(1024 * 1024));
    },
  });
  const init = { method: "POST", body: long, duplex: "half" } as RequestInit;
  expect(await read(new Request("https://edge.test/", init))).toMatchObject(TOO_LARGE);
  expect(pulled).toBeLessThan(10);
});

describe("nesting", () => {
  const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
  test("is bounded before it is parsed", async () => {
    expect(await read(request(nested(MAX_BODY_DEPTH)))).toHaveProperty("value");
    for (const text of [nested(MAX_BODY_DEPTH + 1), "[".repeat(4_000_000), '{"a":'.repeat(600)]) {
      expect(await read(request(text))).toMatchObject({ refusal: { code: "too_deep" } });
    }
  });
  test("in texts is none", async () => {
    for (const text of [
      "[".repeat(1000),
      '\\\\"[[',
      "\\\\",
      "\u005b".repeat(1000),
      "ü[".repeat(600),
    ]) {
      const json = JSON.stringify({ [text]: [text, { a: text }] });
      expect(await read(request(json))).toMatchObject({ value: JSON.parse(json) as object });
    }
  });
});

describe("gzip", () => {
  test("is inflated", async () => {
    expect(await read(request(gzipSync('{"a":1}'), GZIP))).toMatchObject({ value: { a: 1 } });
  });
  test("a bomb is stopped at the limit of what it inflates to", async () => {
    const bomb = gzipSync(Buffer.alloc(MAX_BODY_BYTES + 1, " "));
    expect(bomb.byteLength).toBeLessThan(10_000);
    expect(await read(request(bomb, GZIP))).toMatchObject(TOO_LARGE);
  });
  test("counts what it inflates to beside what was sent", async () => {
    const budget = new BodyBudget();
    const zipped = gzipSync(`"${"x".repeat(3 * 1024 * 1024)}"`);
    for (let sent = 0; sent < 3; sent += 1) {
      expect(await read(request(zipped, GZIP), budget)).toHaveProperty("value");
    }
    expect(await read(request(zipped, GZIP), budget)).toMatchObject({
      refusal: { code: "overloaded", headers: { "retry-after": "1" } },
    });
  });
  test.each([
    ["no gzip", Buffer.from("{}")],
    ["half of one", gzipSync('{"a":1}').subarray(0, 12)],
    ["nothing", Buffer.alloc(0)],
  ])("%s is refused", async (_, body) => {
    expect(await read(request(body, GZIP))).toEqual(NOT_JSON);
  });
});
