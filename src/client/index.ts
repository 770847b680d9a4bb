/**
 * The browser library: traces of a page, sent to a langfuse-edge that holds the secret key.
 *
 * @module
 * @example
 * const langfuse = new LangfuseProxy({ publicKey: "pk-lf-…", sessionId: "conversation-1" });
 * const trace = langfuse.trace({ name: "Research Assistant", input: { message } });
 * const span = trace.span({ name: "frontend-ui-processing" });
 * span.end();
 * trace.end({ output: { text } });
 */
export {
  backendTraceId,
  baggage,
  langfuseObservationId,
  langfuseTraceId,
  traceparent,
  uiTraceId,
} from "./ids.ts";
export { createUserInteractionTrace, type UserInteraction } from "./interaction.ts";
export { LatencyTracker } from "./latency.ts";
export type { Kept, OfflineQueue } from "./offline-queue.ts";
export type { ClientOptions, Identity } from "./options.ts";
export {
  type GenerationHandle,
  type Handle,
  LangfuseProxy,
  type SpanHandle,
  type TraceHandle,
} from "./proxy.ts";
export type * from "./types.ts";
