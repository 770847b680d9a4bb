import type { HealthCalls } from "../protocol/health-calls.ts";
import type { SessionCalls } from "../protocol/session-calls.ts";
import type { QueueHealth } from "../outcomes/queue-health.ts";
import type { Settings } from "../settings.ts";
import type { Counting } from "./access/rate-limits.ts";
import type { Door } from "./access/policy.ts";
import type { BodyShell } from "./request-body.ts";

/** What the edge needs from outside: the composition root gives it. */
export interface EdgeDeps extends Door {
  settings: Settings;
  /** By the object's name (protocol/ids.ts). */
  sessionFor: (name: string) => Pick<SessionCalls, "append" | "pending" | "forget">;
  health: (publicKey: string) => Pick<HealthCalls, "read" | "report">;
  /** Whether claims get through. */
  queue: Pick<QueueHealth, "problem">;
  counting: Counting;
  /** What all bodies share. */
  bodies: BodyShell;
  /** Epoch ms. */
  now: () => number;
}
