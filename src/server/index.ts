/**
 * For a backend beside the edge, in Node, Bun, Deno and Workers: tokens for its pages, and its half of their traces.
 * No dependency; works with `@langfuse/otel` and with any other OpenTelemetry.
 *
 * @module
 * @example
 * import * as api from "@opentelemetry/api";
 * import { startActiveObservation } from "@langfuse/tracing";
 * import { inTrace, readTrace } from "langfuse-edge/server";
 *
 * const answer = inTrace(api, readTrace(request.headers), () =>
 *   startActiveObservation("backend-assistant-Research Assistant", (span) => think(span)),
 * );
 */
export {
  backendTraceId,
  langfuseObservationId,
  langfuseTraceId,
  ownedTraceId,
  ownerTag,
} from "../client/trace/ids.ts";
export type { EdgeOptions } from "./options.ts";
export {
  createToken,
  type SessionToken,
  type SigningOptions,
  signToken,
  TokenError,
  type TokenRequest,
} from "./token.ts";
export {
  type HeadersLike,
  inTrace,
  type Join,
  joinById,
  type JoiningBody,
  type OpenTelemetry,
  readTrace,
  readTraceBody,
  readTraceHeaders,
  type TraceContext,
  type TraceHeaders,
  traceHeaders,
} from "./trace-context.ts";
export { variant, type VariantOptions } from "./variant.ts";
