// CORS headers: which page may read an answer. On every answer, since a page that can't read an error
// can't act on it; and always with `Vary`, so that no cache mixes two origins. Pure.
import type { OriginPolicy, OriginVerdict } from "./access/origins.ts";
import type { RequestRefusal } from "./request-refusal.ts";

const EXPOSED_HEADERS = "retry-after, x-ratelimit-limit, x-ratelimit-policy";
/** A day; browsers cut it to what they like. */
const PREFLIGHT_SECONDS = 86_400;

export const ORIGIN_NOT_ALLOWED: RequestRefusal = {
  code: "origin_not_allowed",
  message: "pages of this origin may not call: ALLOWED_ORIGINS does not name it",
};

export function corsHeaders(
  verdict: OriginVerdict,
  { credentials }: OriginPolicy,
): Record<string, string> {
  if (verdict.kind !== "allowed") return { vary: "Origin" };
  return {
    vary: "Origin",
    "access-control-allow-origin": verdict.origin,
    "access-control-expose-headers": EXPOSED_HEADERS,
    ...(credentials && { "access-control-allow-credentials": "true" }),
  };
}

/** Headers of our own library's requests. */
const REQUEST_HEADERS = ["content-type", "authorization", "content-encoding"];

/** @param more headers that other clients of a path send */
export function preflightHeaders(
  verdict: OriginVerdict,
  more: readonly string[] = [],
): Record<string, string> {
  if (verdict.kind !== "allowed") return {};
  return {
    "access-control-allow-methods": "GET, HEAD, POST",
    "access-control-allow-headers": [...REQUEST_HEADERS, ...more].join(", "),
    "access-control-max-age": String(PREFLIGHT_SECONDS),
  };
}
