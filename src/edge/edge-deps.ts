import type { HealthCalls } from "../protocol/health-calls.ts";
import type { SessionCalls } from "../protocol/session-calls.ts";
import type { QueueHealth } from "../outcomes/queue-health.ts";
import type { Settings } from "../settings/index.ts";
import type { RateLimiting } from "./access/rate-limits.ts";
import type { AccessControl } from "./access/policy.ts";
import type { BodyShell } from "./request-body.ts";

/** What the edge needs from outside: the composition root gives it. */
export interface EdgeDeps extends AccessControl {
  settings: Settings;
  /** By the object's name (protocol/ids.ts). */
  sessionFor: (name: string) => Pick<SessionCalls, "append" | "pending" | "deleteSession">;
  health: (publicKey: string) => Pick<HealthCalls, "read" | "report">;
  /** Whether claims get through. */
  queue: Pick<QueueHealth, "problem">;
  rateLimiting: RateLimiting;
  /** What all bodies share. */
  bodies: BodyShell;
  /** Epoch ms. */
  now: () => number;
}
