// The built Worker with all that can be made to fail around it. Runs inside workerd; of the Worker's own code
// only what is built is used.
import type { Env } from "../../../src/bindings.ts";
import worker, { LiveHub, ProjectHealth, ProjectMetrics } from "../../../src/index.ts";
import { withDyingConsumers } from "./consumer.ts";
import { obey } from "./control.ts";
import { faultyQueue, isTogether } from "./queue.ts";
import { Session } from "./session.ts";

export { LiveHub, ProjectHealth, ProjectMetrics, Session };

const ORDERS = "/faults/";

let known: Env | undefined;
/** One for each isolate, since the Worker composes its edge once for it. */
function faultyOnce(env: Env): Env {
  known ??= {
    ...env,
    CLAIMS: faultyQueue(env.CLAIMS),
    SESSION: withDyingConsumers(env.SESSION),
  };
  return known;
}

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith(ORDERS)) {
      const answer = await obey(pathname.slice(ORDERS.length), await request.json(), env);
      return Response.json(answer ?? null);
    }
    return (
      (await worker.fetch?.(request, faultyOnce(env), ctx)) ?? new Response(null, { status: 500 })
    );
  },
  async queue(batch, env, ctx) {
    const consumers = isTogether() ? 2 : 1;
    const some = Array.from({ length: consumers }, async () =>
      worker.queue?.(batch as MessageBatch<never>, faultyOnce(env), ctx),
    );
    await Promise.all(some);
  },
} satisfies ExportedHandler<Env>;
