// Trace exports that should not get their sender anywhere, or cost more than they bring.
import { gzipSync } from "node:zlib";
import { KEYS } from "../../support/post.ts";
import { protobufOf } from "../../support/otlp-protobuf.ts";
import type { RawRequest } from "../../support/raw-request.ts";
import { type Attack, JSON_TYPE } from "./attack.ts";
import { PAGE } from "./world.ts";

const MEBI = 1024 * 1024;
const PATH = "/v1/traces";
const PROTOBUF = { "content-type": "application/x-protobuf" };
const SPAN = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  name: "chat",
  startTimeUnixNano: "1795348800000000000",
  endTimeUnixNano: "1795348801000000000",
};
const exported = (...spans: unknown[]) => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
const withUser = (user: string) => ({
  ...SPAN,
  attributes: [{ key: "user.id", value: { stringValue: user } }],
});

/** An export of an allowed page with a valid token. */
const sent = (
  name: string,
  body: string | Uint8Array,
  status: number,
  code?: string,
  headers: Record<string, string> = {},
  claims: Record<string, unknown> = {},
): Attack => ({
  name,
  request: async ({ token }): Promise<RawRequest> => ({
    path: PATH,
    headers: {
      ...JSON_TYPE,
      origin: PAGE,
      authorization: `Bearer ${await token(claims)}`,
      ...headers,
    },
    body,
  }),
  status,
  ...(code !== undefined && { code }),
});
const json = (value: unknown): string => JSON.stringify(value);
const nested = (depth: number): object => {
  let value: object = { stringValue: "deep" };
  for (let level = 0; level < depth; level += 1) value = { arrayValue: { values: [value] } };
  return { ...SPAN, attributes: [{ key: "k", value }] };
};
const bomb = gzipSync(Buffer.alloc(100 * MEBI, " "));
const GZIP = { "content-encoding": "gzip" };

export const exports: Attack[] = [
  sent("an export that is right", json(exported(SPAN)), 200),
  sent("another user's span", json(exported(withUser("bob"))), 403, "user_mismatch"),
  sent("another user's span beside one of one's own", json(exported(SPAN, withUser("bob"))), 200),
  sent(
    "an export with a token for scores",
    json(exported(SPAN)),
    403,
    "forbidden",
    {},
    { actions: ["create_score"] },
  ),
  sent("a gzip bomb of JSON", bomb, 413, "body_too_large", GZIP),
  sent("a gzip bomb of protobuf", bomb, 413, "body_too_large", { ...PROTOBUF, ...GZIP }),
  sent("half a gzip of protobuf", bomb.subarray(0, 20), 400, "invalid_request", {
    ...PROTOBUF,
    ...GZIP,
  }),
  sent("text as protobuf", "hello", 400, "invalid_request", PROTOBUF),
  sent("protobuf as JSON", protobufOf(exported(SPAN)), 400, "invalid_json"),
  sent(
    "protobuf in a protobuf's length",
    Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f),
    400,
    "invalid_request",
    PROTOBUF,
  ),
  sent("groups in groups", new Uint8Array(MEBI).fill(0x0b), 400, "invalid_request", PROTOBUF),
  sent("protobuf that nests", protobufOf(exported(nested(300))), 400, "invalid_request", PROTOBUF),
  sent("JSON that nests", json(exported(nested(100))), 200),
  sent("JSON that nests beyond any", json(exported(nested(400))), 422, "too_deep"),
  sent(
    "spans without end",
    json(exported(...Array.from({ length: 10_001 }, () => ({})))),
    413,
    "too_many_actions",
  ),
  sent("nothing that is a span", json(exported(null, 1, "x", [])), 400, "invalid_data"),
  sent(
    "ids out of bounds",
    json(exported({ ...SPAN, traceId: "x".repeat(MEBI) })),
    400,
    "invalid_data",
  ),
  sent(
    "a resource out of bounds",
    json({
      resourceSpans: [
        {
          resource: { attributes: [{ key: "k", value: { stringValue: "x".repeat(MEBI) } }] },
          scopeSpans: [{ spans: [SPAN] }],
        },
      ],
    }),
    400,
    "invalid_data",
  ),
  sent("a form", "a=b", 415, "unsupported_media_type", {
    "content-type": "application/x-www-form-urlencoded",
  }),
  sent("a beacon", json(exported(SPAN)), 415, "unsupported_media_type", {
    "content-type": "text/plain",
  }),
  sent("a later protocol", json(exported(SPAN)), 400, "invalid_request", {
    "x-langfuse-ingestion-version": "5",
  }),
  sent(
    "prototypes",
    `{"resourceSpans":[{"__proto__":{"scopeSpans":1},"scopeSpans":[{"spans":[]}]}]}`,
    200,
  ),
  {
    name: "the secret key in a page",
    request: {
      path: PATH,
      headers: {
        ...JSON_TYPE,
        origin: PAGE,
        authorization: `Basic ${btoa(`${KEYS.publicKey}:${KEYS.secretKey}`)}`,
      },
      body: json(exported(SPAN)),
    },
    status: 403,
    code: "forbidden",
  },
  {
    name: "the public key and a W3C trace, where tokens name owners",
    request: {
      path: PATH,
      headers: {
        ...JSON_TYPE,
        origin: PAGE,
        authorization: `Bearer ${KEYS.publicKey}`,
      },
      body: json(exported(SPAN)),
    },
    status: 403,
    code: "action_not_allowed",
  },
];
