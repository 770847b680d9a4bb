// Bodies that are JSON, with values in them that nobody should mean.
import { type Attack, action, body, raw, withToken } from "./attack.ts";

const MEBI = 1024 * 1024;
const TRACE = { traceId: "ui2-1671234567890-abc123" };

export const fields: Attack[] = [
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
    "too long a user id for any that is the token's",
    action("create_trace", { ...TRACE, userId: "x".repeat(5000) }),
    403,
    "user_mismatch",
  ),
  body(
    "a session that begins like the token's, and is longer",
    action("create_trace", { ...TRACE, sessionId: `chat-7${"\u0000".repeat(5000)}x` }),
    403,
    "session_mismatch",
  ),
  raw("a whole number that nobody can hold", `"input":${"9".repeat(MEBI)}`, 200),
  raw("numbers beside each other", `"input":[${"12345678901234567,".repeat(50_000)}1]`, 200),
  raw("a number that would be mended", '"input":{7300000000000000001:1}', 400, "invalid_json"),
  body(
    "an id that is an object",
    action("create_span", { traceId: { $gt: "" } }),
    400,
    "invalid_data",
  ),
  body(
    "a text that nests a million deep, where an object is looked for in it",
    action("create_generation", { ...TRACE, modelParameters: "[".repeat(MEBI) }),
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
];
