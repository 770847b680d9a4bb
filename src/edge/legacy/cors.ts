// CORS of the paths that pages may post to: the headers that Langfuse's browser SDK sets itself. Pure.
import type { OriginVerdict } from "../access/origins.ts";

const PREFLIGHT_SECONDS = 86_400;
const ALLOWED_HEADERS = [
  "content-type",
  "authorization",
  "content-encoding",
  "x-langfuse-sdk-name",
  "x-langfuse-sdk-version",
  "x-langfuse-sdk-variant",
  "x-langfuse-sdk-integration",
  "x-langfuse-public-key",
];

export function legacyPreflightHeaders(verdict: OriginVerdict): Record<string, string> {
  if (verdict.kind !== "allowed") return {};
  return {
    "access-control-allow-methods": "POST",
    "access-control-allow-headers": ALLOWED_HEADERS.join(", "),
    "access-control-max-age": String(PREFLIGHT_SECONDS),
  };
}
