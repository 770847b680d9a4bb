// Bodies that should cost their sender more than the edge.
import { gzipSync } from "node:zlib";
import { KEYS } from "../../support/post.ts";
import type { RawRequest } from "../../support/raw-request.ts";
import { type Attack, action, SPAN, withToken } from "./attack.ts";

const MEBI = 1024 * 1024;
const TRACE = { traceId: "ui2-1671234567890-abc123" };

const body = (
  name: string,
  sent: string | Uint8Array,
  status: number,
  code?: string,
  more: RawRequest = {},
): Attack => ({
  name,
  request: async ({ token }) => ({ ...withToken(await token(), "", more), body: sent }),
  status,
  ...(code !== undefined && { code }),
});
const raw = (name: string, data: string, status: number, code?: string): Attack =>
  body(name, `{"action":"create_trace","data":{"traceId":"t",${data}}}`, status, code);
const header = (headers: Record<string, string>): RawRequest => ({ headers });
const GZIP = header({ "content-encoding": "gzip" });
const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

/** Headers that declare a body, and its first bytes. */
async function declared(token: Promise<string>, length: number): Promise<string> {
  return [
    "POST /api/langfuse/trace HTTP/1.1",
    "host: edge.test",
    `authorization: Bearer ${await token}`,
    "content-type: application/json",
    `content-length: ${length}`,
    "connection: close",
    "",
    SPAN,
  ].join("\r\n");
}

export const bodies: Attack[] = [
  body("one byte too much, in chunks", "x".repeat(4 * MEBI + 1), 413, "body_too_large", {
    chunked: true,
  }),
  {
    name: "oversized, and says so",
    request: async ({ token }) => ({ bytes: await declared(token(), 4 * MEBI + 1) }),
    status: 413,
    code: "body_too_large",
  },
  {
    name: "a length larger than any",
    request: async ({ token }) => ({ bytes: await declared(token(), 999_999_999_999) }),
    status: 413,
    code: "body_too_large",
  },
  body("a gzip bomb", gzipSync(Buffer.alloc(200 * MEBI, " ")), 413, "body_too_large", GZIP),
  body("a gzip bomb of JSON", gzipSync(`"${"x".repeat(50 * MEBI)}"`), 413, "body_too_large", GZIP),
  body("gzip in gzip", gzipSync(gzipSync(SPAN)), 400, "invalid_json", GZIP),
  body("half a gzip", gzipSync(SPAN).subarray(0, 20), 400, "invalid_json", GZIP),
  body("no gzip at all", SPAN, 400, "invalid_json", GZIP),
  body("brotli", SPAN, 415, "unsupported_media_type", header({ "content-encoding": "br" })),
  body(
    "two encodings",
    gzipSync(SPAN),
    415,
    "unsupported_media_type",
    header({ "content-encoding": "gzip, gzip" }),
  ),
  body(
    "a form",
    "action=flush",
    415,
    "unsupported_media_type",
    header({ "content-type": "application/x-www-form-urlencoded" }),
  ),
  body(
    "parts",
    "--x",
    415,
    "unsupported_media_type",
    header({ "content-type": "multipart/form-data; boundary=x" }),
  ),
  body(
    "XML",
    "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>",
    415,
    "unsupported_media_type",
    header({ "content-type": "application/xml" }),
  ),
  body("nothing", "", 400, "invalid_json"),
  body("nothing but brackets", "[".repeat(3 * MEBI), 422, "too_deep"),
  body("deep objects", '{"a":'.repeat(100_000), 422, "too_deep"),
  raw("a value that is nested too deeply", `"input":${nested(5000)}`, 422, "too_deep"),
  raw("a value that is nested deeply", `"input":${nested(400)}`, 200),
  body(
    "invalid UTF-8",
    new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
    400,
    "invalid_json",
  ),
  body("overlong UTF-8", new Uint8Array([0x22, 0xc0, 0xaf, 0x22]), 400, "invalid_json"),
  body("UTF-16", Buffer.from(SPAN, "utf16le"), 400, "invalid_json"),
  body("a list", "[]", 400, "invalid_request"),
  body("a text", '"create_trace"', 400, "invalid_request"),
  body("a number", "1e999", 400, "invalid_request"),
  body("two values", `${SPAN}${SPAN}`, 400, "invalid_json"),
  body("NaN", '{"action":NaN}', 400, "invalid_json"),
  raw(
    "a prototype as data",
    '"__proto__":{"isAdmin":true},"constructor":{"prototype":{"x":1}}',
    200,
  ),
  raw(
    "a prototype as metadata",
    '"metadata":{"__proto__":{"polluted":1},"constructor":1,"toString":2}',
    200,
  ),
  body("a prototype as the envelope", '{"__proto__":{"action":"flush"}}', 400, "invalid_request"),
  body("an action that every object has", action("constructor", TRACE), 400, "invalid_action"),
  body("an action that is a prototype", action("__proto__", TRACE), 400, "invalid_action"),
  raw("a number larger than any", '"metadata":{"n":1e999,"m":-1e999}', 200),
  raw("a number with a million digits", `"metadata":{"n":${"9".repeat(MEBI)}}`, 200),
  raw("a time larger than any", '"startTime":1e308', 200),
  raw("a time that is a list", '"startTime":[1]', 400, "invalid_time"),
  raw("lone surrogates", '"name":"\\ud800","metadata":{"\\udfff":"\\ud800\\u0000"}', 200),
  raw(
    "ten thousand metadata keys",
    `"metadata":{${Array.from({ length: 10_000 }, (_, i) => `"k${i}":1`).join()}}`,
    200,
  ),
  raw("a metadata key of a megabyte", `"metadata":{"${"k".repeat(MEBI)}":1}`, 200),
  raw("a name of a megabyte", `"name":"${"n".repeat(MEBI)}"`, 200),
  raw(
    "ten thousand tags",
    `"tags":[${Array.from({ length: 10_000 }, (_, i) => `"${i}"`).join()}]`,
    200,
  ),
  raw("a level that every object has", '"level":"constructor"', 400, "invalid_data"),
  raw("an environment that injects", '"environment":"a\\nb: c"', 400, "invalid_data"),
  raw("a header in a name", '"name":"x\\r\\nset-cookie: a=b\\r\\n\\r\\n<script>"', 200),
  body(
    "a header in an id",
    action("create_span", { traceId: "t\r\nx-evil: 1", spanId: "s\r\nx-evil: 1" }),
    200,
  ),
  body(
    "a header in a session",
    action("create_trace", TRACE, { sessionId: "s\r\nx-evil: 1" }),
    403,
    "session_mismatch",
  ),
  body(
    "a log line in an id",
    action("create_span", { ...TRACE, spanId: '"}\n{"event":"delivery"' }),
    200,
  ),
  body(
    "too long an id",
    action("create_span", { ...TRACE, spanId: "x".repeat(201) }),
    400,
    "invalid_data",
  ),
  body(
    "an id that is an object",
    action("create_span", { traceId: { $gt: "" } }),
    400,
    "invalid_data",
  ),
  body(
    "the id that the root has",
    action("create_span", { ...TRACE, spanId: "root" }),
    400,
    "id_reserved",
  ),
  body("a script in a field's name", '{"action":"flush","<script>alert(1)</script>":1}', 200),
  body(
    "too many actions",
    JSON.stringify({ actions: Array.from({ length: 1001 }, () => ({ action: "flush" })) }),
    413,
    "too_many_actions",
  ),
  body("no actions", '{"actions":[]}', 400, "invalid_request"),
  body(
    "actions of everything",
    JSON.stringify({ actions: [null, 1, "x", [], {}, true] }),
    400,
    "invalid_action",
  ),
  {
    name: "more sessions than a request may touch",
    request: async ({ token }) => {
      const actions = Array.from({ length: 20 }, (_, i) => ({
        action: "create_trace",
        data: { traceId: `trace-${i}` },
      }));
      return withToken(await token({ sid: undefined }), JSON.stringify({ actions }));
    },
    status: 207,
  },
  {
    name: "sequence numbers that are none",
    request: async ({ token }) =>
      withToken(await token(), action("flush", {}, { clientId: "c", seq: -1 })),
    status: 400,
    code: "invalid_action",
  },
  {
    name: "a length that is shorter than the body: the rest is no second request",
    request: async ({ token }) => ({ bytes: await declared(token(), 5) }),
    status: 400,
    code: "invalid_json",
  },
  {
    name: "two lengths",
    request: {
      bytes: [
        "POST /api/langfuse/trace HTTP/1.1",
        "host: edge.test",
        "content-length: 2",
        "content-length: 200",
        "connection: close",
        "",
        "{}",
      ].join("\r\n"),
    },
    status: 400,
    byRuntime: true,
  },
  {
    name: "a length that is none",
    request: {
      bytes: [
        "POST /api/langfuse/trace HTTP/1.1",
        "host: edge.test",
        "content-length: -5",
        "connection: close",
        "",
        "{}",
      ].join("\r\n"),
    },
    status: 400,
    byRuntime: true,
  },
  {
    name: "the public key with a body that is none",
    request: {
      headers: {
        "content-type": "application/json",
        origin: "https://a.example.org",
        authorization: `Bearer ${KEYS.publicKey}`,
      },
      body: "{",
    },
    status: 400,
    code: "invalid_json",
  },
];
