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
} from "./trace/ids.ts";
export { createUserInteractionTrace, type UserInteraction } from "./trace/interaction.ts";
export { LatencyTracker } from "./trace/latency.ts";
export type { StoredBatch, OfflineQueue } from "./offline/offline-queue.ts";
export type { ClientOptions, Identity } from "./send/options.ts";
export {
  type GenerationHandle,
  type Handle,
  LangfuseProxy,
  type SpanHandle,
  type TraceHandle,
} from "./trace/proxy.ts";
export type * from "./types.ts";
