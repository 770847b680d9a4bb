// What is wrong with delivery, for health: the queue, and what each project's health object knows.
import { describeError } from "../../log.ts";
import type { HealthState } from "../../protocol/health-calls.ts";
import { healthStatus, type HealthProblem } from "../../outcomes/health-status.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import type { RequestLog } from "../request-log.ts";

/** Health is open to everybody: no flood of looks makes more calls of objects than one in so long. */
const GLANCE_MS = 10_000;

export interface ProjectDelivery {
  /** Undefined where the object that knows does not answer: health must still say what it can. */
  state: HealthState | undefined;
  problems: HealthProblem[];
}

export async function deliveryOf(
  publicKey: string,
  deps: EdgeDeps,
  tally: RequestLog,
): Promise<ProjectDelivery> {
  const queue = deps.queue.problem(deps.now());
  const ofQueue = queue === undefined ? [] : [queue];
  try {
    const state = await deps.health(publicKey).read();
    return { state, problems: [...ofQueue, ...healthStatus(state, deps.now()).problems] };
  } catch (error) {
    tally.error = describeError(error);
    return { state: undefined, problems: [...ofQueue, { code: "health_unavailable" }] };
  }
}

/** Whether anything is wrong with any project's delivery. Remembers what it saw, for a moment. */
export class DeliveryGlance {
  #seenAt = Number.NEGATIVE_INFINITY;
  #degraded = false;

  async isDegraded(deps: EdgeDeps, tally: RequestLog): Promise<boolean> {
    // Each request looks by itself: the platform may end another one, and its promise with it.
    if (deps.now() - this.#seenAt >= GLANCE_MS) {
      const keys = [...deps.settings.projects.keys()];
      const all = await Promise.all(keys.map((key) => deliveryOf(key, deps, tally)));
      this.#degraded = all.some(({ problems }) => problems.length > 0);
      this.#seenAt = deps.now();
    }
    return this.#degraded;
  }
}
