// The bindings that wrangler.toml declares, as one type for the entries and the objects.
import type { HealthCalls } from "./protocol/health-calls.ts";
import type { Claim, SessionCalls } from "./protocol/session-calls.ts";

/** The parts of a Durable Object namespace that the rooms use. */
export interface Env {
  SESSION: DurableObjectNamespace<SessionObject>;
  HEALTH: DurableObjectNamespace<HealthObject>;
  CLAIMS: Queue<Claim>;
}

type SessionObject = Rpc.DurableObjectBranded & SessionCalls;
type HealthObject = Rpc.DurableObjectBranded & HealthCalls;
