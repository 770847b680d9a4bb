// The package's `dist/worker/wrangler.json`: what wrangler.toml said of the Worker when it was built. Pure.
export interface WorkerConfig {
  compatibility_date: string;
  compatibility_flags: string[];
  durable_objects: { bindings: { name: string; class_name: string }[] };
  queues: {
    producers: { binding: string; queue: string }[];
    consumers: { queue: string; max_batch_size?: number; max_batch_timeout?: number }[];
  };
  ratelimits: { name: string }[];
  vars: Record<string, unknown>;
  /** Other bindings, by their kind: what one machine has nothing for. */
  elsewhere: Record<string, string[]>;
}

/** Kinds of bindings that `serve` brings itself, and what of the file is about deployment. */
const HANDLED = new Set(["durable_objects", "queues", "ratelimits", "vars", "assets"]);
const NOT_BINDINGS = new Set(["migrations", "compatibility_flags", "routes", "rules", "build"]);

type Raw = Readonly<Record<string, unknown>>;

/** @param config of wrangler.toml, as a parser of TOML has it */
export function workerConfig(config: Raw): WorkerConfig {
  const lists = (value: unknown): Raw[] => (Array.isArray(value) ? (value as Raw[]) : []);
  const { durable_objects: objects, queues, ratelimits } = config;
  const elsewhere = Object.entries(config).flatMap(([kind, value]) => {
    if (HANDLED.has(kind) || NOT_BINDINGS.has(kind)) return [];
    const bindings = [value].flat().flatMap((one) => nameOf(one) ?? []);
    return bindings.length > 0 ? [[kind, bindings] as const] : [];
  });
  return {
    compatibility_date: String(config["compatibility_date"]),
    compatibility_flags: (config["compatibility_flags"] ?? []) as string[],
    durable_objects: { bindings: lists((objects as Raw)["bindings"]) as never },
    queues: {
      producers: lists((queues as Raw | undefined)?.["producers"]) as never,
      consumers: lists((queues as Raw | undefined)?.["consumers"]) as never,
    },
    ratelimits: lists(ratelimits).map(({ name }) => ({ name: String(name) })),
    vars: (config["vars"] ?? {}) as Record<string, unknown>,
    elsewhere: Object.fromEntries(elsewhere),
  };
}

function nameOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { binding } = value as { binding?: unknown };
  return typeof binding === "string" ? binding : undefined;
}
