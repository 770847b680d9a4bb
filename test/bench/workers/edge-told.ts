// The deployed edge, and consumers that have turns to tell: as many as the benchmark says, all of one project. They
// tell them as a consumer of the edge does, by its teller, to the edge's own metrics objects.
import type { Env } from "../../../src/bindings.ts";
import {
  FiguresTeller,
  MAX_BATCH_TURNS,
  TELL_INTERVAL_MS,
  TELL_TIMEOUT_MS,
} from "../../../src/delivery/figures/figures-teller.ts";
import production from "../../../src/index.ts";
import { metricsName } from "../../../src/protocol/figures/metrics-name.ts";
import { livelyTurn } from "../../support/lively-turn.ts";
import { limited } from "./limiters.ts";

export { LiveHub, ProjectHealth, ProjectMetrics, Session } from "../../../src/index.ts";

const worker = limited<Env>(production);
/** Consumers at work beside each other; at such a rate each pass of one brings a whole batch. */
const CONSUMERS = 8;

interface Isolate {
  teller: FiguresTeller;
  shards: Set<number>;
}

let consumers: Isolate[] | undefined;
let tellings = 0;

function consumerOf(env: Env): Isolate {
  const shards = new Set<number>();
  const { METRICS } = env;
  if (METRICS === undefined) throw new Error("METRICS is not bound");
  const teller = new FiguresTeller({
    metrics: (publicKey, shard) => {
      shards.add(shard);
      return METRICS.get(METRICS.idFromName(metricsName(publicKey, shard)));
    },
    id: crypto.randomUUID().slice(0, 13),
    everyMs: TELL_INTERVAL_MS,
    now: () => Date.now(),
    // All objects share one thread here, with the consumers: none is so slow that it is given up.
    wait: (ms) => (ms === TELL_TIMEOUT_MS ? new Promise(() => {}) : scheduler.wait(ms)),
    log: (_level, event, fields) => {
      throw new Error(`${event} ${JSON.stringify(fields)}`);
    },
  });
  return { teller, shards };
}

/** Whole batches, told as fast as they are taken. */
async function tell(env: Env, publicKey: string, count: number): Promise<{ objects: number }> {
  consumers ??= Array.from({ length: CONSUMERS }, () => consumerOf(env));
  const now = Date.now();
  let left = count;
  const consume = async ({ teller }: Isolate): Promise<void> => {
    while (left > 0) {
      const from = tellings * MAX_BATCH_TURNS;
      tellings += 1;
      left -= MAX_BATCH_TURNS;
      const figures = Array.from({ length: MAX_BATCH_TURNS }, (_, n) =>
        livelyTurn(from + n, now - ((from + n) % 3) * 1000),
      );
      teller.add({ publicKey, label: "bench" }, { figures, posts: [], objects: [] });
      await teller.flush();
    }
  };
  await Promise.all(consumers.map(consume));
  return { objects: new Set(consumers.flatMap(({ shards }) => [...shards])).size };
}

export default {
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    if (url.pathname !== "/bench/turns") {
      return worker.fetch?.(request, env, ctx) ?? new Response(null, { status: 500 });
    }
    try {
      const { searchParams: asked } = url;
      return Response.json(await tell(env, asked.get("project") ?? "", Number(asked.get("count"))));
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  },
  queue: (batch, env, ctx) => worker.queue?.(batch, env, ctx),
} satisfies ExportedHandler<Env>;
