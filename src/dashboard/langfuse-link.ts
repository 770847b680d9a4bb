// The way to a trace in Langfuse: its address is in the edge's health, and Langfuse finds a trace's project by itself.
import type { Api } from "./access/api.ts";

const HEALTH_PATH = "/api/langfuse/trace";

/** Undefined where it is not known. */
export async function langfuseAddress(api: Api, signal: AbortSignal): Promise<string | undefined> {
  try {
    const { base_url: url } = await api.get<{ base_url?: unknown }>(HEALTH_PATH, signal);
    return typeof url === "string" && url !== "" ? url : undefined;
  } catch {
    return undefined;
  }
}

export function traceUrl(langfuse: string, traceId: string): string {
  return `${langfuse.replace(/\/+$/, "")}/trace/${encodeURIComponent(traceId)}`;
}
