// Tells the project's health where records wait and no consumer comes: the alarm looks, since nobody else does.
// Nothing waits for it, and a call that fails is made again by a later alarm.
import { describeError, logEvent } from "../../log.ts";
import type { HealthCalls } from "../../protocol/health-calls.ts";
import { UNSERVED_MS, unservedSince } from "../outbox/unserved.ts";
import type { SessionState } from "../state.ts";
import type { InstanceMemory } from "./alarm-time.ts";

export type HealthOf = (project: string) => Pick<HealthCalls, "unserved">;

export class QueueWatch {
  readonly #object: string;
  readonly #memory: InstanceMemory;
  readonly #healthOf: HealthOf;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(object: string, memory: InstanceMemory, healthOf: HealthOf) {
    this.#object = object;
    this.#memory = memory;
    this.#healthOf = healthOf;
  }

  /** Undefined where somebody comes, or health was told a moment ago. */
  look(state: SessionState, now: number): Promise<void> | undefined {
    const since = unservedSince(state, this.#memory, now);
    if (since === undefined || now - this.#toldAt < UNSERVED_MS) return undefined;
    this.#toldAt = now;
    return this.#tell(state, since, now);
  }

  async #tell({ project, outbox }: SessionState, since: number, at: number): Promise<void> {
    const object = this.#object;
    logEvent("warn", "unserved", { object, records: outbox.length, ms: at - since });
    try {
      await this.#healthOf(project).unserved({ at, since });
    } catch (error) {
      logEvent("warn", "health_not_told", { object, error: describeError(error) });
    }
  }
}
