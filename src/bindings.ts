// The bindings that wrangler.toml declares, as one type for the entries and the objects.
import type { LedgerCalls } from "./protocol/books/ledger-calls.ts";
import type { DataPoints } from "./protocol/figures/data-point.ts";
import type { FiguresCalls } from "./protocol/figures/figures-calls.ts";
import type { LiveCalls } from "./protocol/live/calls.ts";
import type { HealthCalls } from "./protocol/health-calls.ts";
import type { RateLimiter } from "./protocol/rate-limits.ts";
import type { Claim } from "./protocol/session/lease-calls.ts";
import type { SessionCalls } from "./protocol/session-calls.ts";
import type { Jurisdiction } from "./settings/storage.ts";

/**
 * A Durable Object namespace, as far as the rooms use it. The calls carry plain data only; the
 * platform's own type of them would lose what our types say of tuples.
 */
export interface ObjectsOf<Calls> {
  get(id: DurableObjectId): Calls;
  idFromName(name: string): DurableObjectId;
  idFromString(hex: string): DurableObjectId;
  jurisdiction(name: Jurisdiction): ObjectsOf<Calls>;
}

export interface Env {
  SESSION: ObjectsOf<SessionCalls>;
  /** Per project: how delivery goes, and the books. */
  HEALTH: ObjectsOf<HealthCalls & LedgerCalls>;
  /** Per project: its watchers. Absent where a configuration is of before there was one. */
  LIVE?: ObjectsOf<LiveCalls & Pick<Fetcher, "fetch">>;
  CLAIMS: Queue<Claim>;
  /** Per project: what its turns tell. Absent in a configuration from before. */
  METRICS?: ObjectsOf<FiguresCalls>;
  /** A dataset of Workers Analytics Engine, where one is bound. */
  ANALYTICS?: DataPoints;
  /** Absent where the platform has none. */
  LIMIT_OWNER?: RateLimiter;
  LIMIT_ADDRESS?: RateLimiter;
  LIMIT_NEW?: RateLimiter;
}
