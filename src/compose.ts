// Puts the rooms together for one environment: the edge takes requests in, the consumer takes
// records out, and the bindings stand between them. No room imports another one's shell; this does.
import type { Hono } from "hono";
import type { Env } from "./bindings.ts";
import type { BreakerState } from "./delivery/breaker.ts";
import { consume, type ConsumerDeps } from "./delivery/consumer.ts";
import type { KeySetShell } from "./edge/access/key-set.ts";
import type { Door } from "./edge/access/policy.ts";
import { counting, type Limiters } from "./edge/access/rate-limits.ts";
import { createApp } from "./edge/app.ts";
import { present } from "./edge/present.ts";
import type { Send } from "./langfuse/post.ts";
import { logEvent } from "./log.ts";
import type { HealthCalls } from "./protocol/health-calls.ts";
import { objectName } from "./protocol/ids.ts";
import type { Settings } from "./settings.ts";

/** What the two entries (production and development) decide differently. */
export interface Composition {
  settings: Settings;
  door: Door;
  send: Send;
  /** What stands in front of the edge: requests that it has no path for go to the edge. */
  inFront?: Hono;
}

export interface Edge {
  fetch: (request: Request) => Response | Promise<Response>;
  consume: (claims: readonly unknown[]) => Promise<void>;
}

export function composeEdge(env: Env, composition: Composition): Edge {
  const { settings, door, send, inFront } = composition;
  for (const problem of settings.problems) logEvent("warn", "setting", { problem });
  // Told apart from sessions by its parts; a hash, since a public key is nobody else's business.
  const health = (publicKey: string): HealthCalls =>
    env.HEALTH.get(
      env.HEALTH.idFromName(
        objectName({ project: publicKey, owner: "server", kind: "trace", value: "health" }),
      ),
    );
  const app = createApp({
    settings,
    ...door,
    counting: counting(limitersOf(env), settings.limits.rates),
    now: () => Date.now(),
    health,
    sessionFor: (name) => env.SESSION.get(env.SESSION.idFromName(name)),
  });
  inFront?.notFound((c) => app.fetch(c.req.raw));
  const breaker = new Map<string, BreakerState>();
  const deps: ConsumerDeps = {
    projects: settings.projects,
    extraHeaders: settings.extraHeaders,
    send,
    health,
    breaker,
    defer: async (claims, delaySeconds) => {
      await env.CLAIMS.sendBatch(claims.map((body) => ({ body, delaySeconds })));
    },
    sessionById: (id) => env.SESSION.get(env.SESSION.idFromString(id)),
    now: () => Date.now(),
    log: logEvent,
  };
  return {
    fetch: (request) => (inFront ?? app).fetch(request),
    consume: (claims) => consume(claims, deps),
  };
}

function limitersOf(env: Env): Limiters {
  return present({ owner: env.LIMIT_OWNER, address: env.LIMIT_ADDRESS, new: env.LIMIT_NEW });
}

/** What access needs of the platform. */
export const platform: KeySetShell = {
  send: (request) => fetch(request),
  now: () => Date.now(),
  wait: (ms) => scheduler.wait(ms),
};

/** A Worker that composes its edge once per isolate. */
export function workerOf<E extends Env>(compose: (env: E) => Composition): ExportedHandler<E> {
  let edge: Edge | undefined;
  const edgeOf = (env: E): Edge => (edge ??= composeEdge(env, compose(env)));
  return {
    fetch: (request, env) => edgeOf(env).fetch(request),
    async queue(batch, env) {
      await edgeOf(env).consume(batch.messages.map(({ body }) => body));
      // A claim is a hint; the object that sent it is the one that tries again.
      batch.ackAll();
    },
  };
}
