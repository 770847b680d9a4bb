// Ways around the one door.
import { basic, KEYS } from "../../support/post.ts";
import { type Attack, JSON_TYPE, SPAN, withToken } from "./attack.ts";
import { PAGE } from "./world.ts";

const HARMLESS = { status: 200 };
const NOT_FOUND = { status: 404, code: "not_found" };
const at = (path: string, answer: Pick<Attack, "status" | "code"> = NOT_FOUND): Attack => ({
  name: `POST ${path}`,
  request: { path, headers: { ...JSON_TYPE, authorization: basic() }, body: SPAN },
  ...answer,
});
const method = (name: string, more: Partial<Attack> = {}): Attack => ({
  name,
  request: { method: name, headers: { authorization: basic() } },
  status: 405,
  code: "method_not_allowed",
  ...more,
});
const override = (name: string, headers: Record<string, string>, path?: string): Attack => ({
  name,
  request: async ({ token }) =>
    withToken(await token(), SPAN, { headers, ...(path !== undefined && { path }) }),
  status: 200,
});
const SESSION = "/api/langfuse/session/chat-7";
const deletion = (
  name: string,
  headers: Record<string, string>,
  answer: Pick<Attack, "status" | "code"> = { status: 403, code: "forbidden" },
  id = "chat-7",
): Attack => ({
  name: `DELETE ${name}`,
  request: { method: "DELETE", path: `/api/langfuse/session/${id}`, headers },
  ...answer,
});

export const paths: Attack[] = [
  ...[
    "/",
    "/api/langfuse",
    "/api/langfuse/",
    "/API/LANGFUSE/TRACE",
    "/api/langfuse/traces",
    "/api/langfuse/trace/x",
    "/api/langfuse/trace//",
    "/api/langfuse/trac%45",
    "/api/langfuse/session",
    "/api/langfuse/session//",
    "/api/langfuse/session/a/b",
    "/api/langfuse/session%2fa",
    "/api/langfuse/%74race%3f",
    "/api//langfuse/trace",
    "//api/langfuse/trace",
    "/api/langfuse/trace%00",
    "/api/langfuse/trace%2f",
    "/api/langfuse%2ftrace",
    "/api/langfuse/trace;x=1",
    "/api/langfuse/..%2f..%2fsink",
    "/.env",
    "/.dev.vars",
    "/sink/traces",
    "/sink/behaviour",
    "/demo",
    "/cdn-cgi/mf/scheduled",
    "/__proto__",
    "/constructor",
  ].map((path) => at(path)),
  at("/api/langfuse/x/../trace", HARMLESS),
  at("/api/langfuse/trace/", HARMLESS),
  at("/api/langfuse/%74race", HARMLESS),
  at("/api/langfuse/%2e/trace", HARMLESS),
  at("/api/langfuse/trace?x=1#y", HARMLESS),
  ...["PUT", "PATCH", "DELETE", "PROPFIND"].map((name) => method(name)),
  override("a method by header", { "x-http-method-override": "DELETE" }),
  override("a method by another header", { "x-method-override": "PUT", "x-http-method": "PUT" }),
  override("a method by address", {}, "/api/langfuse/trace?_method=DELETE"),
  override("another path by header", { "x-original-url": "/sink", "x-rewrite-url": "/sink" }),
  override("another address by header", { "x-forwarded-for": "127.0.0.1", forwarded: "for=::1" }),
  {
    name: "a token's path by GET",
    request: { method: "GET", path: "/api/langfuse/token", headers: { authorization: basic() } },
    status: 405,
    code: "method_not_allowed",
  },
  ...["GET", "POST", "PUT", "OPTIONS"].map((name) =>
    method(`a session's path by ${name}`, {
      request: { method: name, path: SESSION, headers: { authorization: basic() } },
    }),
  ),
  deletion(
    "a session, by a page of another origin",
    { authorization: "Bearer x", origin: "https://evil.io" },
    { status: 403, code: "origin_not_allowed" },
  ),
  deletion("a session, by nobody", {}, { status: 401, code: "unauthorized" }),
  deletion("a session, by a secret key in a page", { authorization: basic(), origin: PAGE }),
  deletion("a session, by the public key", {
    authorization: `Bearer ${KEYS.publicKey}`,
    origin: PAGE,
  }),
  {
    name: "a session, by its own token",
    request: async ({ token }) => ({
      method: "DELETE",
      path: SESSION,
      headers: { authorization: `Bearer ${await token()}`, origin: PAGE },
    }),
    status: 403,
    code: "forbidden",
  },
  ...["%ff", "%00", "%", "chat-7?userid=ada", "chat-7?userId=", "chat-7?userId=a&userId=b"].map(
    (id) =>
      deletion(
        `a session called ${id.slice(0, 30)}`,
        { authorization: basic() },
        { status: 400, code: "invalid_request" },
        id,
      ),
  ),
  deletion(
    "a session with a long id, which is shortened",
    { authorization: basic() },
    { status: 200 },
    "x".repeat(5000),
  ),
  ...["pk-nobody:sk", `${KEYS.publicKey}:`, `${KEYS.publicKey}:sk-wrong`, ":", ""].map((pair) =>
    deletion(
      `by the keys ${pair}`,
      { authorization: `Basic ${btoa(pair)}` },
      { status: 401, code: "unauthorized" },
    ),
  ),
  deletion(
    "by another scheme",
    { authorization: "Digest username=x" },
    { status: 401, code: "unauthorized" },
  ),
  {
    name: "a TRACE",
    request: { method: "TRACE", headers: { authorization: basic() } },
    status: 405,
    byRuntime: true,
  },
];
