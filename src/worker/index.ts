/**
 * A Worker of one's own: the edge with routes beside it, and filters in it. The default export is the edge as it is.
 *
 * @module
 * @example
 * import { createEdge, drop, LiveHub, ProjectHealth, ProjectMetrics, Session } from "langfuse-edge/worker";
 *
 * const edge = createEdge({
 *   beforeDelivery: (item, { place }) => (place < 0.1 ? undefined : drop("not_sampled")),
 * });
 * export { LiveHub, ProjectHealth, ProjectMetrics, Session };
 * export default edge;
 */
import { type DurableObject, waitUntil } from "cloudflare:workers";
import type { Env } from "../bindings.ts";
import { platform, workerOf } from "../compose.ts";
import { accessControl } from "../edge/access/policy.ts";
import { madeHooks } from "../hooks/made-hooks.ts";
import { logEvent } from "../log.ts";
import { LiveHub as HubObject } from "../live/hub.ts";
import { ProjectMetrics as MetricsObject } from "../metrics/project-metrics.ts";
import { ProjectHealth as HealthObject } from "../outcomes/health.ts";
import { Session as SessionObject } from "../session/session.ts";
import { settingsOf } from "../settings/index.ts";
import type { ClaimBatch, Context, Edge, EdgeEnv, EdgeOptions, ObjectClass } from "./types.ts";

export { drop, refuse } from "../hooks/verdicts.ts";
export type * from "../hooks/types.ts";
export type * from "./types.ts";

// The casts: the classes take the whole environment of the edge's own types, of which the package publishes none.

/** Keeps a session, in order, until Langfuse has it. */
export const Session: ObjectClass = SessionObject as unknown as ObjectClass;
export type Session = DurableObject<EdgeEnv>;

/** Keeps the health of a project's delivery, and its books. */
export const ProjectHealth: ObjectClass = HealthObject as unknown as ObjectClass;
export type ProjectHealth = DurableObject<EdgeEnv>;

/** Passes on what happens in a project to whoever watches it. */
export const LiveHub: ObjectClass = HubObject as unknown as ObjectClass;
export type LiveHub = DurableObject<EdgeEnv>;

/** Keeps the figures of a project's turns. */
export const ProjectMetrics: ObjectClass = MetricsObject as unknown as ObjectClass;
export type ProjectMetrics = DurableObject<EdgeEnv>;

/**
 * The edge, with hooks. Made once, at the top of the Worker's module.
 * @param options hooks, or a function that makes them of the Worker's environment, once per isolate
 */
export function createEdge<E extends EdgeEnv = EdgeEnv>(
  options: EdgeOptions | ((env: E) => EdgeOptions) = {},
): Edge<E> {
  const hooksOf = typeof options === "function" ? options : () => options;
  const worker = workerOf<Env>((env) => {
    const settings = settingsOf(env);
    const access = accessControl(settings, platform);
    const hooks = madeHooks(hooksOf(env as unknown as E), logEvent);
    return { settings, access, send: (request) => fetch(request), ...hooks };
  });
  // The published types name less of the platform than the rooms do.
  const { fetch: answer, queue } = worker as unknown as Required<Edge<E>>;
  return {
    fetch: answer,
    queue: (batch: ClaimBatch, env: E, ctx: Context = INVOCATION) => queue(batch, env, ctx),
  };
}

/** An author may leave it out: the platform knows which invocation it is. */
const INVOCATION: Context = { waitUntil };

const edge: Edge = createEdge();
export default edge;
