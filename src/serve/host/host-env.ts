// What the supervisor gives the host beside the Worker's own bindings. Built by command/runtime-config.ts.
import type { Env } from "../../bindings.ts";
import type { RateLimit } from "../../protocol/rate-limits.ts";
import type { StaticFile } from "./static-files.ts";

/** One queue, as its consumer in wrangler.toml is set. */
export interface QueueRule {
  /** Most messages of a batch. */
  size: number;
  /** A message waits so long for others, ms. */
  waitMs: number;
}

export interface HostOptions {
  /** By name. */
  queues: Readonly<Record<string, QueueRule>>;
  /** By path. */
  files: Readonly<Record<string, StaticFile>>;
  /** By binding. */
  rateLimits: Readonly<Record<string, RateLimit>>;
  /** Addresses, ranges or names of ranges; they were checked before. */
  trustedProxies: readonly string[];
}

export interface QueuedMessage {
  body: unknown;
  delaySeconds?: number;
}

export interface QueueCalls {
  send(queue: string, messages: QueuedMessage[]): Promise<void>;
  /** Hands on all that can go, and waits until nothing is under way; how many messages are left after that time. */
  drain(limitMs: number): Promise<number>;
}

interface QueueObjects {
  get(id: DurableObjectId): QueueCalls;
  idFromName(name: string): DurableObjectId;
}

export interface HostEnv extends Env {
  HOST_OPTIONS: HostOptions;
  HOST_FILES: Pick<Fetcher, "fetch">;
  HOST_QUEUE: QueueObjects;
  /** The Worker's own consumer, each batch an invocation of its own. */
  HOST_CONSUMER: { consume(queue: string, bodies: unknown[]): Promise<void> };
  /** Known to the supervisor alone. */
  HOST_TOKEN: string;
}
