// Bodies that should cost their sender more than the edge.
import { gzipSync } from "node:zlib";
import { KEYS } from "../../support/post.ts";
import type { RawRequest } from "../../support/raw-request.ts";
import { type Attack, body, raw, SPAN } from "./attack.ts";

const MEBI = 1024 * 1024;
const header = (headers: Record<string, string>): RawRequest => ({ headers });
const GZIP = header({ "content-encoding": "gzip" });
const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

export const bodies: Attack[] = [
  body("a gzip bomb", gzipSync(Buffer.alloc(200 * MEBI, " ")), 413, "body_too_large", GZIP),
  body("a gzip bomb of JSON", gzipSync(`"${"x".repeat(50 * MEBI)}"`), 413, "body_too_large", GZIP),
  body(
    "a gzip bomb in sixty members",
    Buffer.concat(Array.from({ length: 60 }, () => gzipSync(Buffer.alloc(3 * MEBI, " ")))),
    413,
    "body_too_large",
    GZIP,
  ),
  body(
    "a body in two gzip members",
    Buffer.concat([gzipSync(SPAN), gzipSync(" ")]),
    200,
    undefined,
    GZIP,
  ),
  body(
    "gzip with something behind it",
    Buffer.concat([gzipSync(SPAN), Buffer.from("x")]),
    400,
    "invalid_json",
    GZIP,
  ),
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
