// Pages that may not call, however they look.
import { KEYS } from "../../support/post.ts";
import { type Attack, JSON_TYPE, SPAN } from "./attack.ts";
import { PAGE, type World } from "./world.ts";

const FORGED = [
  "https://example.com",
  "https://app.example.com.evil.io",
  "https://app.example.com:8443",
  "https://app.example.com:443",
  "https://app.example.com/",
  "https://app.example.com.",
  "http://app.example.com",
  "https://evil.io#.app.example.com",
  "https://app.example.com@evil.io",
  "https://evilapp.example.com",
  "https://example.org",
  "https://evilexample.org",
  "https://a.example.org.evil.io",
  "https://a.example.org:8443",
  "https://user@a.example.org",
  "https://*.example.org",
  "null",
  "NULL",
  "*",
  "file://",
  "https://a.example.org, https://app.example.com",
  "https://a.example.org https://evil.io",
];
const NOT_ALLOWED = { status: 403, code: "origin_not_allowed" };

export const origins: Attack[] = [
  ...FORGED.flatMap((origin): Attack[] => [
    {
      name: `a POST of ${origin}`,
      request: async ({ token }: World) => ({
        headers: { ...JSON_TYPE, origin, authorization: `Bearer ${await token()}` },
        body: SPAN,
      }),
      ...NOT_ALLOWED,
    },
    {
      name: `a preflight of ${origin}`,
      request: {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "POST" },
      },
      ...NOT_ALLOWED,
    },
  ]),
  {
    name: "another origin and a token, at the path in other letters",
    request: async ({ token }: World) => ({
      path: "/api/langfus%65/trace",
      headers: {
        ...JSON_TYPE,
        origin: "https://example.com",
        authorization: `Bearer ${await token()}`,
      },
      body: SPAN,
    }),
    ...NOT_ALLOWED,
  },
  {
    name: "two origins, the first of them allowed",
    request: { headers: { ...JSON_TYPE, origin: [PAGE, "https://evil.io"] }, body: SPAN },
    ...NOT_ALLOWED,
  },
  {
    name: "an origin with a Kelvin sign, which is a k in small letters",
    request: {
      bytes: [
        "POST /api/langfuse/trace HTTP/1.1",
        "host: edge.test",
        "origin: https://\u212a.example.org",
        "content-length: 2",
        "connection: close",
        "",
        "{}",
      ].join("\r\n"),
    },
    ...NOT_ALLOWED,
  },
  {
    name: "an empty origin, which is none: the public key alone needs one",
    request: {
      headers: { ...JSON_TYPE, origin: "", authorization: `Bearer ${KEYS.publicKey}` },
      body: SPAN,
    },
    status: 403,
    code: "forbidden",
  },
  {
    name: "a look at health",
    request: { method: "GET", headers: { origin: "https://evil.io" } },
    ...NOT_ALLOWED,
  },
  {
    name: "an origin that is the forged host's own",
    request: {
      headers: { ...JSON_TYPE, origin: "https://evil.io", "x-forwarded-host": "evil.io" },
      body: SPAN,
    },
    ...NOT_ALLOWED,
  },
  {
    name: "a body that is larger than any, of an origin that is not read",
    request: {
      headers: { ...JSON_TYPE, origin: "https://evil.io", "content-length": "999999999999" },
    },
    ...NOT_ALLOWED,
  },
  {
    name: "an allowed origin in capitals, without a token",
    request: { headers: { ...JSON_TYPE, origin: "HTTPS://APP.EXAMPLE.COM" }, body: SPAN },
    status: 401,
    code: "unauthorized",
  },
];
