// Problems of delivery, for health: the queue's, and those that each project's health object has seen.
import { describeError } from "../../log.ts";
import type { HealthState } from "../../protocol/health-calls.ts";
import { healthStatus, type HealthProblem } from "../../outcomes/health-status.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import type { RequestLog } from "../request-log.ts";

/** Health is open to everybody: however many ask, the objects are asked once in this time. */
const GLANCE_MS = 10_000;

export interface ProjectDelivery {
  /** Undefined where the health object does not answer: the route must still say what it can. */
  state: HealthState | undefined;
  problems: HealthProblem[];
}

export async function deliveryOf(
  publicKey: string,
  deps: EdgeDeps,
  log: RequestLog,
): Promise<ProjectDelivery> {
  const queue = deps.queue.problem(deps.now());
  const ofQueue = queue === undefined ? [] : [queue];
  try {
    const state = await deps.health(publicKey).read();
    return { state, problems: [...ofQueue, ...healthStatus(state, deps.now()).problems] };
  } catch (error) {
    log.error = describeError(error);
    return { state: undefined, problems: [...ofQueue, { code: "health_unavailable" }] };
  }
}

/** Whether any project's delivery has a problem; remembered for GLANCE_MS. */
export class DeliveryGlance {
  #seenAt = Number.NEGATIVE_INFINITY;
  #degraded = false;

  async isDegraded(deps: EdgeDeps, log: RequestLog): Promise<boolean> {
    // Each request looks by itself: the platform may end another one, and its promise with it.
    if (deps.now() - this.#seenAt >= GLANCE_MS) {
      const keys = [...deps.settings.projects.keys()];
      const all = await Promise.all(keys.map((key) => deliveryOf(key, deps, log)));
      this.#degraded = all.some(({ problems }) => problems.length > 0);
      this.#seenAt = deps.now();
    }
    return this.#degraded;
  }
}
