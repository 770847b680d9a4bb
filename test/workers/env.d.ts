import type { Env } from "../../src/bindings.ts";
import type { Sink } from "../../src/sink/sink.ts";

declare global {
  namespace Cloudflare {
    interface Env extends TestEnv {}
  }
  interface TestEnv extends Env {
    SINK: DurableObjectNamespace<Sink>;
  }
}
