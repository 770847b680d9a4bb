import type { LatencyTracker } from "../trace/latency.ts";

/** Latencies between the marks, in the seed's words for them. */
const DURATIONS = [
  ["frontend_processing", "trace_created", "pre_api_flush"],
  ["proxy_flush", "pre_api_flush", "post_api_flush_success"],
  ["network", "pre_api_flush", "first_backend_response"],
  ["time_to_first_token", "pre_api_flush", "first_chunk_received"],
  ["streaming", "first_chunk_received", "streaming_complete"],
] as const;

export function measureDurations(latency: LatencyTracker): void {
  for (const [name, from, to] of DURATIONS) latency.measure(name, from, to);
}
