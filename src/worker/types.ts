// What a Worker of one's own is given and gives: `langfuse-edge/worker` publishes these types. The platform's are
// named by no more than what is used of them, so that they fit those of every version.
import type { DurableObject } from "cloudflare:workers";
import type { Hooks } from "../hooks/types.ts";

/** The bindings that the edge needs; `wrangler.toml` of the documentation declares them. Settings stand beside them. */
export interface EdgeEnv {
  /** Durable Object namespace of `Session`. */
  SESSION: object;
  /** Durable Object namespace of `ProjectHealth`. */
  HEALTH: object;
  /** Queue, whose consumer is this Worker too. */
  CLAIMS: object;
  /** Durable Object namespace of `LiveHub`; without it nobody can watch. */
  LIVE?: object;
  /** Durable Object namespace of `ProjectMetrics`; without it there are no figures of turns. */
  METRICS?: object;
  /** Rate limiters; without one nothing is counted. */
  LIMIT_OWNER?: object;
  LIMIT_ADDRESS?: object;
  LIMIT_NEW?: object;
}

export interface EdgeOptions extends Hooks {}

export interface Context {
  waitUntil(promise: Promise<unknown>): void;
}

export interface ClaimBatch {
  readonly messages: readonly { readonly body: unknown }[];
  ackAll(): void;
}

/** A Worker, or a part of one: what does not belong to the edge it answers with 404 `not_found`, as JSON. */
export interface Edge<E extends EdgeEnv = EdgeEnv> {
  /** Takes the edge's requests: all below `/api/langfuse/`, `/api/public/` and `/v1/traces`. */
  fetch(request: Request, env: E, ctx: Context): Promise<Response>;
  /**
   * The consumer of the queue `CLAIMS`. Never rejects, and acknowledges everything.
   * @param ctx lets a project whose Langfuse is slow go on by itself; without it the batch waits for all of them
   */
  queue(batch: ClaimBatch, env: E, ctx?: Context): Promise<void>;
}

/** A class that the Worker has to export under its own name. */
export type ObjectClass = new (ctx: DurableObjectState, env: EdgeEnv) => DurableObject<EdgeEnv>;
