// What the host is told beside the Worker's own bindings. Pure.
import { LIMIT_BINDINGS, type LimitName } from "../../protocol/rate-limits.ts";
import type { Settings } from "../../settings/index.ts";
import type { HostOptions } from "../host/host-env.ts";
import type { StaticFile } from "../host/static-files.ts";
import type { WorkerConfig } from "./worker-config.ts";

/** RATE_LIMITS sets the figures of rate limits, which on Cloudflare stand in wrangler.toml. */
export function hostOptions(
  config: WorkerConfig,
  files: Readonly<Record<string, StaticFile>>,
  trustedProxies: readonly string[],
  { limits }: Pick<Settings, "limits">,
): HostOptions {
  const queues = config.queues.consumers.map((consumer) => {
    const { queue, max_batch_size: size = 10, max_batch_timeout: seconds = 5 } = consumer;
    return [queue, { size, waitMs: seconds * 1000 }] as const;
  });
  const names = Object.keys(LIMIT_BINDINGS) as LimitName[];
  const rates = config.ratelimits.flatMap(({ name: binding }) => {
    const name = names.find((one) => LIMIT_BINDINGS[one] === binding);
    // One that RATE_LIMITS does not know is none of the edge's.
    return name === undefined ? [] : [[binding, limits.rates[name]] as const];
  });
  return {
    queues: Object.fromEntries(queues),
    rateLimits: Object.fromEntries(rates),
    files,
    trustedProxies,
  };
}

/** Settings judge AUTH by whether there are rate limits. */
export function withRateLimits(
  variables: Readonly<Record<string, string>>,
  { ratelimits }: WorkerConfig,
): Record<string, unknown> {
  const limiters = ratelimits.map(({ name }) => [name, { limit: () => undefined }] as const);
  return { ...variables, ...Object.fromEntries(limiters) };
}
