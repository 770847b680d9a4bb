// What is compared: each variant as a name, and how it is built and started.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { keyVars } from "../support/post.ts";
import { ORIGIN } from "./load/credentials.ts";
import type { WorkerOptions } from "./hosts/worker-host.ts";

export type VariantName =
  | "floor"
  | "edge"
  | "edge-open"
  | "edge-counted"
  | "edge-told"
  | "naive"
  | "naive-counted"
  | "pass-through"
  | "served"
  | "wrangler-dev"
  | "seed";

export const TOKEN_SECRET = "a secret that only the benchmark knows";

/** Everything that a deployment may turn on and that a request has to pass. */
const EVERYTHING_ON = {
  AUTH: "token",
  AUTH_TOKEN_SECRET: TOKEN_SECRET,
  ALLOWED_ORIGINS: `${ORIGIN},https://*.example.org`,
  MASK: "all",
  MASK_PATTERNS: JSON.stringify({ ticket: "TICKET-[0-9]{4,8}" }),
  DROP_FIELDS: "metadata.password",
  // Counted, and never reached: a load of one session is far more than a page sends.
  SESSION_ACTIONS_PER_MINUTE: "1000000000",
  SESSION_BYTES_PER_MINUTE: "1000000000000",
};

/** As wrangler.toml has it. */
const BATCH_SIZE = 100;

/** The Worker of a variant, with its Langfuse at this address. */
export function workerOf(
  name: Exclude<VariantName, "seed">,
  scripts: Scripts,
  baseUrl: string,
  batchSeconds = 1,
): WorkerOptions {
  const script = scripts[name === "served" || name === "wrangler-dev" ? "edge" : name];
  switch (name) {
    case "floor":
      return { script, vars: {}, objects: { ROWS: "Rows" } };
    case "pass-through":
      return { script, vars: { LANGFUSE_BASE_URL: baseUrl }, objects: {} };
    case "naive":
    case "naive-counted":
      return {
        script,
        vars: { LANGFUSE_BASE_URL: baseUrl },
        objects: { ACTIONS: "Actions" },
        queue: { binding: "QUEUE", batchSize: BATCH_SIZE, batchSeconds },
      };
    case "edge":
    case "served":
    case "wrangler-dev":
    case "edge-open":
    case "edge-counted":
    case "edge-told":
      return {
        script,
        vars: { ...keyVars(baseUrl), ...EVERYTHING_ON },
        objects: {
          SESSION: "Session",
          HEALTH: "ProjectHealth",
          METRICS: "ProjectMetrics",
          LIVE: "LiveHub",
        },
        queue: { binding: "CLAIMS", batchSize: BATCH_SIZE, batchSeconds },
      };
  }
}

export type Scripts = Record<Exclude<VariantName, "seed" | "served" | "wrangler-dev">, string>;

const SOURCES = {
  edge: "edge.ts",
  floor: "floor.ts",
  naive: "naive.ts",
  "pass-through": "pass-through.ts",
  "edge-open": "edge-open.ts",
  "edge-counted": "edge-counted.ts",
  "edge-told": "edge-told.ts",
  "naive-counted": "naive-counted.ts",
} as const;

/** Builds all Workers by one bundler, as wrangler calls it for wrangler.toml: for workerd, minified. */
export async function buildScripts(folder: string): Promise<Scripts> {
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: Object.values(SOURCES).map((file) => join("test/bench/workers", file)),
    outdir: folder,
    bundle: true,
    format: "esm",
    target: "es2024",
    minify: true,
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "error",
  });
  const built = Object.entries(SOURCES).map(([name, file]) => [
    name,
    join(folder, file.replace(/ts$/, "js")),
  ]);
  return Object.fromEntries(built) as Scripts;
}
