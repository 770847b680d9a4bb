import type { DeadLetterCalls } from "../protocol/books/dead-letter-calls.ts";
import type { LedgerCalls } from "../protocol/books/ledger-calls.ts";
import type { HealthCalls } from "../protocol/health-calls.ts";
import type { DeleteAnswer, HeldTraces } from "../protocol/session/erasure-calls.ts";
import type { SessionCalls } from "../protocol/session-calls.ts";
import type { QueueHealth } from "../outcomes/queue-health.ts";
import type { LiveCalls } from "../protocol/live/calls.ts";
import type { Settings } from "../settings/index.ts";
import type { MetricsObjects } from "./figures/ask-metrics.ts";
import type { Watching } from "./readers/watching.ts";
import type { Census } from "./legacy/census.ts";
import type { RateLimiting } from "./access/rate-limits.ts";
import type { AccessControl } from "./access/policy.ts";
import type { DoorCount } from "./door-count.ts";
import type { StoreHook } from "./ingest/store-hook.ts";
import type { BodyShell } from "./request-body.ts";

/** Effects and settings of the edge, given by the composition root. */
export interface EdgeDeps extends AccessControl {
  settings: Settings;
  /** By the object's name (protocol/ids.ts). */
  sessionFor: (name: string) => Pick<SessionCalls, "append" | "pending" | "deleteSession">;
  /** Of an object by its id; one that is no id throws. */
  lettersOf: (object: string) => DeadLetterCalls;
  /** The id of an object, by its name. */
  objectId: (name: string) => string;
  /** A project's books. */
  ledger: (publicKey: string) => Pick<LedgerCalls, "books" | "deadLetters" | "forgetLetters">;
  /** The objects that keep a project's figures; absent where the configuration has none. */
  metrics?: MetricsObjects;
  /** A project's live hub; absent where the platform binds none. */
  live?: (publicKey: string) => LiveCalls & { fetch: (request: Request) => Promise<Response> };
  /** Knows whether somebody watches a project. */
  watching?: Pick<Watching, "seen" | "isWatched">;
  /** Counts what is not let in. */
  door: Pick<DoorCount, "refused" | "givenUp">;
  /** Traces that an object knows as its session's. */
  heldTraces: (name: string) => Promise<HeldTraces>;
  /** Has one session forgotten in an object of many (protocol/session-calls.ts, `forgetSession`). */
  forgetIn: (name: string, sessionId: string, traces: string[]) => Promise<DeleteAnswer>;
  /** Traces of observations that an object is assembling (protocol/session-calls.ts, `findTraces`). */
  tracesIn: (name: string, observations: string[]) => Promise<(string | null)[]>;
  health: (publicKey: string) => Pick<HealthCalls, "read" | "report">;
  /** Knows whether claims get through. */
  queue: Pick<QueueHealth, "problem">;
  rateLimiting: RateLimiting;
  /** Where the Worker has a `beforeStore` of its own. */
  beforeStore?: StoreHook;
  /** Counts who posts by Langfuse's older API. */
  census: Pick<Census, "count">;
  /** A request to Langfuse, for a server that speaks to it through the edge. */
  relay: (request: Request) => Promise<Response>;
  /** The budget of all bodies. */
  bodies: BodyShell;
  /** Epoch ms. */
  now: () => number;
}
