// The edge as it is deployed, with counters at its bindings and storage, and a clock that can be
// moved. Only what stands around it is added; none of its code is changed.
import type { Env } from "../../../src/bindings.ts";
import production, {
  ProjectHealth as RealHealth,
  ProjectMetrics as RealMetrics,
  Session as RealSession,
} from "../../../src/index.ts";
import { rateOf, setClock, toReal } from "./clock.ts";
import {
  active,
  around,
  called,
  countedObjects,
  countedQueue,
  countLog,
  counts,
  countStorage,
  forgetCounts,
} from "./counters.ts";
import { limited } from "./limiters.ts";

export { LiveHub } from "../../../src/index.ts";

const worker = limited<Env>(production);
countLog();

let counted: Env | undefined;
const countedEnv = (env: Env): Env =>
  (counted ??= {
    ...env,
    SESSION: countedObjects(env.SESSION),
    HEALTH: countedObjects(env.HEALTH, false),
    ...(env.METRICS && { METRICS: countedObjects(env.METRICS, false) }),
    ...(env.LIVE && { LIVE: countedObjects(env.LIVE, false) }),
    CLAIMS: soonerQueue(countedQueue(env.CLAIMS)),
  });

// What waits inside a request waits by the moved clock.
const wait = scheduler.wait.bind(scheduler);
scheduler.wait = (ms, options) => wait(ms / rateOf(), options);

/** Delays by the moved clock: a queue of the platform takes whole seconds of its own. */
function soonerQueue<Q extends object>(queue: Q): Q {
  return around(queue, (name, call) => {
    if (name !== "send") return undefined;
    return async (body, options) => {
      const { delaySeconds = 0 } = (options ?? {}) as { delaySeconds?: number };
      if (rateOf() === 1) return call(body, options);
      await scheduler.wait(delaySeconds * 1000);
      return call(body);
    };
  });
}

export interface Stored {
  keys: number;
  bytes: number;
  alarms: number;
}

/** Alarms as they were set, by object: a clock that jumps does not move those of the platform. */
const alarms = new Map<string, number>();

/** What the benchmark asks of an object besides what the edge does. */
interface BenchCalls {
  tick(): Promise<void>;
  abort(): Promise<void>;
  stored(): Promise<Stored>;
}

export class Session extends RealSession implements BenchCalls {
  constructor(ctx: DurableObjectState, env: Env) {
    const { storage } = ctx;
    const id = ctx.id.toString();
    countStorage(storage);
    const set = storage.setAlarm.bind(storage);
    storage.setAlarm = (at) => {
      alarms.set(id, Number(at));
      return set(toReal(Number(at)));
    };
    storage.getAlarm = async () => alarms.get(id) ?? null;
    super(ctx, countedEnv(env));
  }

  override alarm(): Promise<void> {
    counts.alarms += 1;
    alarms.delete(this.ctx.id.toString());
    return active(this.ctx.id.toString(), () => super.alarm());
  }

  /** The alarm, if it is due by the moved clock. */
  async tick(): Promise<void> {
    const at = await this.ctx.storage.getAlarm();
    if (at === null || at > Date.now()) return;
    await this.ctx.storage.deleteAlarm();
    await this.alarm();
  }

  async abort(): Promise<void> {
    this.ctx.abort("so that the next call finds it cold");
  }

  async stored(): Promise<Stored> {
    const keys = [...this.ctx.storage.kv.list()].length;
    const alarm = await this.ctx.storage.getAlarm();
    return {
      keys,
      bytes: keys === 0 ? 0 : this.ctx.storage.sql.databaseSize,
      alarms: alarm === null ? 0 : 1,
    };
  }
}

export class ProjectHealth extends RealHealth {
  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    countStorage(ctx.storage);
    super(ctx, env);
  }
}

export class ProjectMetrics extends RealMetrics {
  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    countStorage(ctx.storage);
    super(ctx, env);
  }
}

const AT_ONCE = 50;

/** Calls the objects that were ever called, a page of them; undefined for one that is passed over. */
async function each<T>(
  { searchParams }: URL,
  env: Env,
  call: (object: BenchCalls) => Promise<T>,
  isMeant: (id: string) => boolean = () => true,
): Promise<(T | undefined)[]> {
  const from = Number(searchParams.get("from"));
  const ids = [...called.values()].slice(from, from + Number(searchParams.get("count")));
  const results: (T | undefined)[] = [];
  const lane = async (): Promise<void> => {
    for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
      const object = env.SESSION.get(id) as object as BenchCalls;
      results.push(isMeant(id.toString()) ? await call(object) : undefined);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return results;
}

/** An object may be put out of memory under the call; it is only read, so the next one finds it. */
const storedIn = (object: BenchCalls): Promise<Stored> =>
  object.stored().catch(() => object.stored());

async function control(request: Request, env: Env): Promise<Response> {
  const url = new URL(request.url);
  switch (url.pathname) {
    case "/bench/counts":
      return Response.json(counts);
    case "/bench/forget":
      forgetCounts();
      return Response.json({});
    case "/bench/clock":
      setClock(await request.json());
      return Response.json({ now: Date.now() });
    case "/bench/tick": {
      // To call them all would open thirty times as many as have something to do.
      const isDue = (id: string): boolean => (alarms.get(id) ?? Infinity) <= Date.now();
      const all = await each(url, env, (object) => object.tick().then(() => true), isDue);
      return Response.json({ objects: all.length, called: all.filter(Boolean).length });
    }
    case "/bench/abort": {
      const all = await each(url, env, (object) => object.abort().catch(() => true));
      return Response.json({ objects: all.length, called: 0 });
    }
    default: {
      const all = await each(url, env, (object) => storedIn(object));
      const sum = (of: keyof Stored): number =>
        all.reduce((total, one) => total + (one?.[of] ?? 0), 0);
      const [keys, bytes, alarms] = [sum("keys"), sum("bytes"), sum("alarms")];
      const objects = all.length;
      return Response.json({ objects, called: objects, keys, bytes, alarms });
    }
  }
}

export default {
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname.startsWith("/bench/")) {
      return control(request, env).catch(
        (error: unknown) => new Response(String(error), { status: 500 }),
      );
    }
    counts.requests += 1;
    return worker.fetch?.(request, countedEnv(env), ctx) ?? new Response(null, { status: 500 });
  },
  async queue(batch, env, ctx) {
    counts.batches += 1;
    await worker.queue?.(batch, countedEnv(env), ctx);
  },
} satisfies ExportedHandler<Env>;
