// The rate-limit bindings, counted in this process.
import type { RateLimit, RateLimiter } from "../../protocol/rate-limits.ts";
import { RateCounter } from "./rate-counter.ts";

/** By binding. @param now epoch ms */
export function rateLimiters(
  limits: Readonly<Record<string, RateLimit>>,
  now: () => number,
): Record<string, RateLimiter> {
  const limiters = Object.entries(limits).map(
    ([binding, limit]) => [binding, limiterOf(new RateCounter(limit), now)] as const,
  );
  return Object.fromEntries(limiters);
}

function limiterOf(counter: RateCounter, now: () => number): RateLimiter {
  return { limit: async ({ key }) => ({ success: counter.allows(key, now()) }) };
}
