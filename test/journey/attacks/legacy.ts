// Langfuse's own paths: what nobody gets by them that the one door would not give.
import { gzipSync } from "node:zlib";
import { basic, KEYS } from "../../support/post.ts";
import type { RawRequest } from "../../support/raw-request.ts";
import { type Attack, JSON_TYPE } from "./attack.ts";
import { OTHER_PROJECT, PAGE, type World } from "./world.ts";

const INGESTION = "/api/public/ingestion";
const event = (type: string, body: unknown, more: object = {}) => ({
  id: "e",
  type,
  timestamp: "2026-11-22T12:00:00Z",
  body,
  ...more,
});
const batch = (...events: unknown[]): string => JSON.stringify({ batch: events });
const TRACE = batch(event("trace-create", { id: "t", name: "n" }));

const server = (
  name: string,
  body: string | Uint8Array,
  status: number,
  code?: string,
  headers: Record<string, string> = {},
): Attack => ({
  name: `a batch, ${name}`,
  request: {
    path: INGESTION,
    body,
    headers: { ...JSON_TYPE, authorization: basic(), ...headers },
  },
  status,
  ...(code !== undefined && { code }),
});
const stranger = (
  name: string,
  headers: Record<string, string>,
  status: number,
  code: string,
  more: RawRequest = {},
): Attack => ({
  name: `a batch, by ${name}`,
  request: { path: INGESTION, body: TRACE, headers: { ...JSON_TYPE, ...headers }, ...more },
  status,
  code,
});
const page = (name: string, body: string, claims?: Record<string, unknown>): Attack => ({
  name: `a page's batch, ${name}`,
  request: async ({ token }: World) => ({
    path: INGESTION,
    body,
    headers: { ...JSON_TYPE, origin: PAGE, authorization: `Bearer ${await token(claims)}` },
  }),
  status: 207,
});
const onward = (
  name: string,
  path: string,
  headers: Record<string, string>,
  status: number,
  code: string,
  method = "GET",
): Attack => ({
  name: `onward, ${name}`,
  request: { method, path, headers },
  status,
  code,
  closed: true,
});

/** One score by Langfuse's own path: the answer's words are Langfuse's. */
const score = (
  name: string,
  by: (world: World) => Promise<string> | string,
  body: object,
  status: number,
): Attack => ({
  name: `a score, ${name}`,
  request: async (world: World) => ({
    path: "/api/public/scores",
    body: JSON.stringify({ name: "n", value: 1, ...body }),
    headers: { ...JSON_TYPE, origin: PAGE, authorization: `Bearer ${await by(world)}` },
  }),
  status,
});
const byUser = ({ jwt }: World): Promise<string> => jwt();
const byKey = (): string => KEYS.publicKey;

export const legacy: Attack[] = [
  score("of another's session, by a user's token", byUser, { sessionId: "chat-7" }, 401),
  score("of a session, by the public key", byKey, { sessionId: "chat-7" }, 401),
  score("of a dataset run, by a user's token", byUser, { datasetRunId: "r" }, 401),
  score("of a dataset run, by the public key", byKey, { datasetRunId: "r" }, 401),
  score("without an id, by the public key, which is harmless", byKey, { traceId: "t" }, 200),
  stranger("nobody", {}, 401, "unauthorized"),
  stranger("wrong keys", { authorization: basic(undefined, "sk-wrong") }, 401, "unauthorized"),
  stranger("another project's key", { authorization: basic(OTHER_PROJECT) }, 401, "unauthorized"),
  stranger("a secret key in a page", { authorization: basic(), origin: PAGE }, 403, "forbidden"),
  stranger(
    "a page of another origin",
    { authorization: `Bearer ${KEYS.publicKey}`, origin: "https://evil.io" },
    403,
    "origin_not_allowed",
  ),
  stranger(
    "the public key without a page",
    { authorization: `Bearer ${KEYS.publicKey}` },
    403,
    "forbidden",
  ),
  stranger("a GET", { authorization: basic() }, 405, "method_not_allowed", { method: "GET" }),
  stranger("a DELETE", { authorization: basic() }, 405, "method_not_allowed", { method: "DELETE" }),
  page("into another's trace", batch(event("trace-create", { id: "t.0123456789abcdef" }))),
  page("as another user", batch(event("trace-create", { id: "t", userId: "eve" }))),
  page("in another session", batch(event("trace-create", { id: "t", sessionId: "chat-8" }))),
  page("for everybody to see", batch(event("trace-create", { id: "t", public: true }))),
  page("that its token does not allow", TRACE, { actions: ["flush"] }),
  {
    name: "a page's batch, with the public key alone, into an owner's trace",
    request: {
      path: INGESTION,
      body: batch(event("score-create", { traceId: "a".repeat(32), name: "n", value: 1 })),
      headers: { ...JSON_TYPE, origin: PAGE, authorization: `Bearer ${KEYS.publicKey}` },
    },
    status: 207,
  },
  server("of nothing", '{"batch":null}', 207),
  server("that is a list", "[]", 400),
  server("without a list", '{"batch":{"length":1}}', 400),
  server("no JSON", "{", 400),
  server("of what is no event", batch(null, 1, "x", [], {}, { id: {} }), 207),
  server(
    "of another's prototype",
    '{"batch":[{"__proto__":{"id":"e"},"type":"constructor","body":{}}]}',
    207,
  ),
  server("with a type of Object", batch(event("toString", {}), event("__proto__", {})), 207),
  server(
    "with lone surrogates",
    '{"batch":[{"id":"\\ud800","type":"span-create","body":{"id":"\\udc00","traceId":"\\ud800","input":"\\ud800"}}]}',
    207,
  ),
  server(
    "with NUL in its ids",
    batch(event("span-create", { id: "\0", traceId: "\0\0", parentObservationId: "\0" })),
    207,
  ),
  server("with the root's id", batch(event("span-create", { id: "root", traceId: "t" })), 207),
  server(
    "with an object for an id",
    batch(event("trace-create", { id: { a: 1 }, name: ["x"] })),
    207,
  ),
  server(
    "of ten thousand events",
    batch(...Array.from({ length: 10_000 }, () => event("sdk-log", { log: 1 }))),
    207,
  ),
  server("nested too deep", `{"batch":[${"[".repeat(600)}${"]".repeat(600)}]}`, 422, "too_deep"),
  server("that inflates too far", gzipSync(Buffer.alloc(6_000_000, " ")), 413, undefined, {
    "content-encoding": "gzip",
  }),
  server("in another encoding", TRACE, 207, undefined, { "content-encoding": "identity" }),
  server("as form data", TRACE, 207, undefined, {
    "content-type": "application/x-www-form-urlencoded",
  }),
  onward("nobody", "/api/public/projects", {}, 401, "unauthorized"),
  onward("a token", "/api/public/projects", { authorization: "Bearer x" }, 401, "unauthorized"),
  onward(
    "the public key",
    "/api/public/v2/prompts/a",
    { authorization: `Bearer ${KEYS.publicKey}` },
    401,
    "unauthorized",
  ),
  onward(
    "a page with the secret key",
    "/api/public/projects",
    { authorization: basic(), origin: PAGE },
    403,
    "forbidden",
  ),
  onward(
    "a page's preflight",
    "/api/public/projects",
    { origin: PAGE, "access-control-request-method": "GET" },
    403,
    "forbidden",
    "OPTIONS",
  ),
  ...["TRACE", "PROPFIND"].map((method) =>
    onward(
      method,
      "/api/public/projects",
      { authorization: basic() },
      405,
      "method_not_allowed",
      method,
    ),
  ),
  ...["..%2f..%2fadmin", "a%2f..%2f..%2f..", "..%5c", "%E0%A4%A"].map((path) =>
    onward(path, `/api/public/${path}`, { authorization: basic() }, 404, "not_found"),
  ),
  onward("out of its path", "/api/public/../../x", { authorization: basic() }, 404, "not_found"),
];
