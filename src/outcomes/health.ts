// One small Durable Object per project: it knows how delivery is going, for the health check and
// for the consumers' breaker. One key, one write per report, nothing else: what a report means is
// decided in health-state.ts. It holds no key of the project and no payload.
import { DurableObject } from "cloudflare:workers";
import type {
  HealthCalls,
  HealthReport,
  HealthState,
  UnservedReport,
} from "../protocol/health-calls.ts";
import {
  applyReport,
  applyUnserved,
  EMPTY_HEALTH,
  type StoredHealth,
  viewOf,
} from "./health-state.ts";

const KEY = "health";

export class ProjectHealth extends DurableObject implements HealthCalls {
  async report(report: HealthReport): Promise<HealthState> {
    const state = applyReport(this.#stored(), report);
    this.ctx.storage.kv.put(KEY, state);
    return viewOf(state);
  }

  async unserved(report: UnservedReport): Promise<void> {
    const before = this.#stored();
    const state = applyUnserved(before, report);
    if (state !== before) this.ctx.storage.kv.put(KEY, state);
  }

  async read(): Promise<HealthState> {
    return viewOf(this.#stored());
  }

  #stored(): StoredHealth {
    return { ...EMPTY_HEALTH, ...this.ctx.storage.kv.get<StoredHealth>(KEY) };
  }
}
