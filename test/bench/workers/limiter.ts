// Stands in for the platform's rate limiter: it counts in memory, as the platform does at each
// location, and lets everything through. Miniflare's own writes each count to disk.
import { WorkerEntrypoint } from "cloudflare:workers";
import type { RateLimiter } from "../../../src/protocol/rate-limits.ts";

const counts = new Map<string, number>();

export class Limiter extends WorkerEntrypoint implements RateLimiter {
  async limit({ key }: { key: string }): Promise<{ success: boolean }> {
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return { success: true };
  }
}

export default { fetch: () => new Response(null, { status: 404 }) } satisfies ExportedHandler;
