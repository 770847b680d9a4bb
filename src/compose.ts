// The composition root of one environment: the edge takes requests in, the consumer takes records
// out, and the bindings stand between them. No room imports another one's shell; only this file does.
import type { Hono } from "hono";
import type { Env, ObjectsOf } from "./bindings.ts";
import type { BreakerState } from "./delivery/breaker.ts";
import { ClaimBatcher } from "./delivery/claim-batcher.ts";
import { consume, type ConsumerDeps } from "./delivery/consumer.ts";
import type { Amending } from "./delivery/hooks/amend-leases.ts";
import type { KeySetShell } from "./edge/access/key-set.ts";
import type { AccessControl } from "./edge/access/policy.ts";
import { FiguresTeller, TELL_INTERVAL_MS } from "./delivery/figures/figures-teller.ts";
import { MAX_POINTS, pointWriter } from "./delivery/figures/point-writer.ts";
import { rateLimiting, type Limiters } from "./edge/access/rate-limits.ts";
import { answerRefusal } from "./edge/answers.ts";
import { createApp } from "./edge/app.ts";
import { DoorCount } from "./edge/door-count.ts";
import { BodyBudget } from "./edge/body-budget.ts";
import type { StoreHook } from "./edge/ingest/store-hook.ts";
import { Watching } from "./edge/readers/watching.ts";
import { Census } from "./edge/legacy/census.ts";
import { QueueHealth } from "./outcomes/queue-health.ts";
import { omitUndefined } from "./edge/omit-undefined.ts";
import type { Send } from "./langfuse/post.ts";
import { posterTo } from "./langfuse/poster.ts";
import { describeError, logEvent } from "./log.ts";
import { POST_TIMEOUT_MS } from "./protocol/delivery-times.ts";
import { ledgerName } from "./protocol/books/ledger-name.ts";
import type { LedgerCalls } from "./protocol/books/ledger-calls.ts";
import type { FiguresCalls } from "./protocol/figures/figures-calls.ts";
import { metricsName } from "./protocol/figures/metrics-name.ts";
import { liveName } from "./protocol/live/name.ts";
import type { HealthCalls } from "./protocol/health-calls.ts";
import type { Claim } from "./protocol/session/lease-calls.ts";
import { objectsOf } from "./objects.ts";
import type { Settings } from "./settings/index.ts";

/** The choices in which the two entries (production and development) differ. */
export interface Composition {
  settings: Settings;
  access: AccessControl;
  send: Send;
  /** Of a Worker of one's own. */
  beforeStore?: StoreHook;
  beforeDelivery?: Amending["hook"];
  /** Pages in front of the edge: requests for any other path go to the edge. */
  inFront?: Hono;
  /** How long figures are gathered before they are told; as long as is cheap, where nothing is said. */
  tellFiguresEveryMs?: number;
}

export interface Edge {
  fetch: (request: Request, ctx: Lifetime) => Promise<Response>;
  consume: (claims: readonly unknown[], ctx: Lifetime) => Promise<void>;
}

/** By which a request, or a batch of claims, may go on after its answer. */
type Lifetime = Pick<ExecutionContext, "waitUntil">;

export function composeEdge(env: Env, composition: Composition): Edge {
  const { settings, access, send, inFront, beforeStore, beforeDelivery } = composition;
  for (const problem of settings.problems) logEvent("warn", "setting", { problem });
  const sessions = objectsOf(env.SESSION, settings.storage);
  const healths = objectsOf(env.HEALTH, settings.storage);
  const health = (publicKey: string): HealthCalls & LedgerCalls =>
    healths.byName(ledgerName(publicKey));
  const metrics = metricsOf(env, settings);
  const wait = (ms: number): Promise<void> => scheduler.wait(ms);
  const door = new DoorCount({
    id: crypto.randomUUID(),
    ledger: health,
    now: () => Date.now(),
    wait,
    log: logEvent,
  });
  const queue = new QueueHealth(isQueue(env.CLAIMS));
  if (queue.problem(Date.now()) !== undefined) {
    logEvent("error", "setting", { problem: "CLAIMS: no queue is bound; nothing is delivered" });
  }
  const claims = new ClaimBatcher({
    send: (batch) => reportingTo(queue, () => sendClaims(env, batch)),
    now: () => Date.now(),
    wait,
    log: logEvent,
  });
  const hubs = isObjects(env.LIVE) ? objectsOf(env.LIVE, settings.storage) : undefined;
  const live = hubs && ((publicKey: string) => hubs.byName(liveName(publicKey)));
  const watching = new Watching({ live, now: () => Date.now(), log: logEvent });
  const census = new Census({ health, now: () => Date.now(), log: logEvent });
  const app = createApp({
    settings,
    ...access,
    queue,
    rateLimiting: rateLimiting(limitersOf(env), settings.limits.rates),
    bodies: { budget: new BodyBudget(), now: () => Date.now() },
    now: () => Date.now(),
    health,
    ledger: health,
    door,
    lettersOf: sessions.byId,
    objectId: (name) => sessions.named(name).id,
    sessionFor: (name) => {
      const { id, calls } = sessions.named(name);
      const batched = claims.wrap(calls, id);
      const marked = watching.wrap({ ...batched, watched: (until) => calls.watched(until) });
      return { ...batched, ...marked, deleteSession: () => calls.deleteSession() };
    },
    ...omitUndefined({ live, metrics }),
    watching,
    heldTraces: (name) => sessions.byName(name).heldTraces(),
    forgetIn: (name, sessionId, traces) => sessions.byName(name).forgetSession(sessionId, traces),
    tracesIn: (name, observations) => sessions.byName(name).findTraces(observations),
    census,
    relay: send,
    ...omitUndefined({ beforeStore }),
  });
  inFront?.notFound((c) => app.fetch(c.req.raw));
  const breaker = new Map<string, BreakerState>();
  const figures =
    metrics &&
    new FiguresTeller({
      metrics,
      id: crypto.randomUUID().slice(0, 13),
      everyMs: composition.tellFiguresEveryMs ?? TELL_INTERVAL_MS,
      now: () => Date.now(),
      wait,
      log: logEvent,
    });
  const { ANALYTICS: dataset } = env;
  const deps: ConsumerDeps = {
    projects: settings.projects,
    posterTo: (project) =>
      posterTo({
        send,
        project,
        extraHeaders: settings.extraHeaders,
        timeoutMs: POST_TIMEOUT_MS,
        now: () => Date.now(),
      }),
    health,
    ledger: health,
    wait,
    healthy: new Map(),
    tellsFigures: figures !== undefined || dataset !== undefined,
    ...(figures && { figures }),
    ...(dataset && { points: () => pointWriter(dataset, MAX_POINTS, logEvent) }),
    breaker,
    underWay: new Map(),
    defer: (postponed, delaySeconds) => sendClaims(env, postponed, delaySeconds),
    sessionById: sessions.byId,
    ...(beforeDelivery && { amending: { hook: beforeDelivery, sessionById: sessions.byId } }),
    now: () => Date.now(),
    random: () => Math.random(),
    log: logEvent,
  };
  return {
    async fetch(request, ctx) {
      const answer = Promise.resolve((inFront ?? app).fetch(request));
      // Also after the client has gone: its actions are kept, and a claim is due for them.
      const told = (): Promise<unknown> =>
        Promise.all([claims.flush(), census.flush(), door.flush(), watching.flush()]);
      ctx.waitUntil(answer.then(told));
      return answer;
    },
    async consume(claims, ctx) {
      const told = (): Promise<unknown> | undefined => figures?.flush();
      await consume(claims, { ...deps, waitUntil: (work) => ctx.waitUntil(work.then(told)) });
      ctx.waitUntil(Promise.resolve(told()));
    },
  };
}

type MetricsObjects = (publicKey: string, shard: number) => FiguresCalls;

/** Undefined where the configuration has none. */
function metricsOf({ METRICS }: Env, { storage }: Settings): MetricsObjects | undefined {
  if (!isObjects(METRICS)) return undefined;
  const objects = objectsOf(METRICS, storage);
  return (publicKey, shard) => objects.byName(metricsName(publicKey, shard));
}

async function reportingTo(queue: QueueHealth, send: () => Promise<void>): Promise<void> {
  try {
    await send();
    queue.sent();
  } catch (error) {
    queue.failed(Date.now());
    throw error;
  }
}

/** A declared binding may be absent: outside Cloudflare, or where a configuration lacks it. */
function isQueue(binding: Partial<Queue> | undefined): boolean {
  return typeof binding?.sendBatch === "function";
}

/** Outside Cloudflare, or in a configuration of before there was such an object, there is none. */
function isObjects<Calls>(binding: ObjectsOf<Calls> | undefined): binding is ObjectsOf<Calls> {
  return typeof binding?.idFromName === "function";
}

/** A queue takes at most so many in one call. */
const MAX_BATCH_MESSAGES = 100;

async function sendClaims(env: Env, claims: readonly Claim[], delaySeconds = 0): Promise<void> {
  for (let from = 0; from < claims.length; from += MAX_BATCH_MESSAGES) {
    const batch = claims.slice(from, from + MAX_BATCH_MESSAGES);
    await env.CLAIMS.sendBatch(batch.map((body) => ({ body, delaySeconds })));
  }
}

function limitersOf(env: Env): Limiters {
  return omitUndefined({ owner: env.LIMIT_OWNER, address: env.LIMIT_ADDRESS, new: env.LIMIT_NEW });
}

/** The platform, as access needs it. */
export const platform: KeySetShell = {
  send: (request) => fetch(request),
  now: () => Date.now(),
  wait: (ms) => scheduler.wait(ms),
};

function notMade(): Response {
  const message = "the edge could not be set up";
  const { status, body } = answerRefusal({ code: "internal_error", message });
  return Response.json(body, { status });
}

/** A Worker that composes its edge once per isolate; where that throws, since an author's part of it does, each call tries anew. */
export function workerOf<E extends Env>(compose: (env: E) => Composition): ExportedHandler<E> {
  let edge: Edge | undefined;
  const edgeOf = (env: E): Edge | undefined => {
    try {
      return (edge ??= composeEdge(env, compose(env)));
    } catch (error) {
      logEvent("error", "edge_not_made", { error: describeError(error) });
      return undefined;
    }
  };
  return {
    fetch: (request, env, ctx) => edgeOf(env)?.fetch(request, ctx) ?? notMade(),
    async queue(batch, env, ctx) {
      const claims = batch.messages.map(({ body }) => body);
      await edgeOf(env)?.consume(claims, ctx);
      // A claim is a hint; the object that sent it is the one that tries again.
      batch.ackAll();
    },
  };
}
