// Isolates of the consumer that tell the turns of a lively project to its metrics objects.
import { env } from "cloudflare:workers";
import { FiguresTeller, TELL_INTERVAL_MS } from "../../../src/delivery/figures/figures-teller.ts";
import { metricsName } from "../../../src/protocol/figures/metrics-name.ts";
import { PROJECT } from "../support.ts";

export const metrics = (shard = 0) =>
  env.METRICS.get(env.METRICS.idFromName(metricsName(PROJECT, shard)));

export interface Calls {
  tells: number;
  /** By object. */
  shards: Set<number>;
  /** The answer of the latest one. */
  latest?: Promise<unknown>;
}

/** An isolate of the consumer; `wait` is its clock's. */
export function isolate(calls: Calls, wait: (ms: number) => Promise<void>): FiguresTeller {
  return new FiguresTeller({
    metrics: (_key, shard) => ({
      tell: (batch) => {
        calls.tells += 1;
        calls.shards.add(shard);
        const answer = metrics(shard).tell(batch);
        calls.latest = answer;
        return answer;
      },
    }),
    id: crypto.randomUUID().slice(0, 13),
    everyMs: TELL_INTERVAL_MS,
    now: () => Date.now(),
    wait,
    log: (_level, event, fields) => {
      throw new Error(`${event} ${JSON.stringify(fields)}`);
    },
  });
}
