// Ways around the one door.
import { basic } from "../../support/post.ts";
import { type Attack, JSON_TYPE, SPAN, withToken } from "./attack.ts";

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

export const paths: Attack[] = [
  ...[
    "/",
    "/api/langfuse",
    "/api/langfuse/",
    "/API/LANGFUSE/TRACE",
    "/api/langfuse/traces",
    "/api/langfuse/trace/x",
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
    "/dashboard",
    "/cdn-cgi/mf/scheduled",
    "/__proto__",
    "/constructor",
  ].map((path) => at(path)),
  at("/api/langfuse/x/../trace", HARMLESS),
  at("/api/langfuse/trace/", HARMLESS),
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
  {
    name: "a TRACE",
    request: { method: "TRACE", headers: { authorization: basic() } },
    status: 405,
    byRuntime: true,
  },
];
