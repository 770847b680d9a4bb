import type { Env } from "../../src/bindings.ts";
import type { ObjectsOf } from "../../src/bindings.ts";
import type { LedgerCalls } from "../../src/protocol/books/ledger-calls.ts";
import type { FiguresCalls } from "../../src/protocol/figures/figures-calls.ts";
import type { LiveCalls } from "../../src/protocol/live/calls.ts";
import type { HealthCalls } from "../../src/protocol/health-calls.ts";
import type { SessionCalls } from "../../src/protocol/session-calls.ts";
import type { SinkCalls } from "../../src/dev/sink/calls.ts";

declare global {
  namespace Cloudflare {
    interface Env extends TestEnv {}
  }
  interface TestEnv extends Env {
    SESSION: ObjectsOf<SessionCalls & DurableObjectStub>;
    HEALTH: ObjectsOf<HealthCalls & LedgerCalls & DurableObjectStub>;
    METRICS: ObjectsOf<FiguresCalls & DurableObjectStub>;
    LIVE: ObjectsOf<LiveCalls & DurableObjectStub>;
    SINK: ObjectsOf<SinkCalls & DurableObjectStub>;
  }
}
