// The naive variant with the same counters.
import { countedObjects, countedQueue, counts, countStorage, forgetCounts } from "./counters.ts";
import naive, { Actions as RealActions, type NaiveEnv } from "./naive.ts";

export class Actions extends RealActions {
  constructor(ctx: DurableObjectState, env: NaiveEnv) {
    countStorage(ctx.storage);
    super(ctx, env);
  }
}

let counted: NaiveEnv | undefined;
const countedEnv = (env: NaiveEnv): NaiveEnv =>
  (counted ??= {
    ...env,
    ACTIONS: countedObjects(env.ACTIONS),
    QUEUE: countedQueue(env.QUEUE),
  });

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname === "/bench/counts") return Response.json(counts);
    if (pathname === "/bench/forget") {
      forgetCounts();
      return Response.json({});
    }
    counts.requests += 1;
    return naive.fetch?.(request, countedEnv(env), ctx) ?? new Response(null, { status: 500 });
  },
  async queue(batch, env, ctx) {
    counts.batches += 1;
    await naive.queue?.(batch, countedEnv(env), ctx);
  },
} satisfies ExportedHandler<NaiveEnv, string>;
