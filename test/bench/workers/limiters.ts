import type { Env } from "../../../src/bindings.ts";
import {
  LIMIT_BINDINGS,
  type LimitName,
  type RateLimiter,
} from "../../../src/protocol/rate-limits.ts";

function counter(): RateLimiter {
  const counts = new Map<string, number>();
  return {
    limit: async ({ key }) => {
      counts.set(key, (counts.get(key) ?? 0) + 1);
      return { success: true };
    },
  };
}

const NAMES = Object.keys(LIMIT_BINDINGS) as LimitName[];
const counters = Object.fromEntries(NAMES.map((name) => [LIMIT_BINDINGS[name], counter()]));

/** A Worker that finds rate limiters among its bindings. */
export function limited<E extends Env>(worker: ExportedHandler<E>): ExportedHandler<E> {
  let bound: E | undefined;
  const boundOf = (env: E): E => (bound ??= { ...env, ...counters });
  return {
    fetch: (request, env, ctx) =>
      worker.fetch?.(request, boundOf(env), ctx) ?? new Response(null, { status: 500 }),
    queue: async (batch, env, ctx) => worker.queue?.(batch, boundOf(env), ctx),
  };
}
