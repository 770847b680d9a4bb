// The built Worker on a real runtime, seen from outside: an address, and its log.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { LIMIT_BINDINGS, type LimitName, type RateLimit } from "../../src/protocol/rate-limits.ts";
import type { Entry } from "./build.ts";

const FILES: Record<Entry, string> = { production: "index.js", development: "dev.js" };

export interface EdgeOptions {
  entry?: Entry;
  vars?: Record<string, string>;
  /** Keep state here; a second edge on the same folder finds it. */
  persist?: string;
  /** Where an earlier one was, so that its pages find it again. */
  port?: number;
  /** Requests in so many seconds, by name; without it the platform counts nothing. */
  rateLimits?: Record<LimitName, RateLimit>;
  /** Its isolates can be looked into. */
  inspected?: boolean;
  /** A module around the built one, which it imports as `./index.js`. */
  around?: string;
  /** The Worker's code, where it is another than the built one. */
  built?: string;
  /** Told of each line that it logs. */
  onLog?: (line: string) => void;
  /** Without one nobody comes for what sessions have sealed. */
  queue?: boolean;
}

export interface RunningEdge {
  url: string;
  /** Everything that it logged. */
  log: () => string;
  /** Where its isolates can be looked into, if they can. */
  inspector?: URL;
  stop: () => Promise<void>;
}

export function stateFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "langfuse-edge-state-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export async function startEdge(options: EdgeOptions = {}): Promise<RunningEdge> {
  const { entry = "production", vars = {}, persist, rateLimits, inspected = false } = options;
  const { queue = true, around, built, onLog, port = 0 } = options;
  const lines: string[] = [];
  const folder = join(process.env["EDGE_BUILDS"] ?? "", entry);
  const code = built ?? readFileSync(join(folder, FILES[entry]), "utf8");
  const object = (className: string) => ({ className, useSQLite: true });
  const sinks = entry === "development";
  const miniflare = new Miniflare({
    ...convertV4MiniflareOptions({
      host: "127.0.0.1",
      port,
      ...(inspected && { inspectorPort: 0 }),
      handleStructuredLogs: ({ message }) => {
        lines.push(message);
        onLog?.(message);
      },
      workers: [
        {
          name: "edge",
          modules: [
            ...(around === undefined
              ? []
              : [{ type: "ESModule" as const, path: "around.js", contents: around }]),
            {
              type: "ESModule",
              path: FILES[entry],
              contents: code,
            },
          ],
          assets: {
            directory: join(folder, "assets"),
            routerConfig: { has_user_worker: true },
            run_worker_first: [
              "/*",
              "!/langfuse-edge.js",
              "!/llms.txt",
              "!/dashboard",
              "!/dashboard/*",
              ...(sinks ? ["!/pages/*"] : []),
            ],
          },
          compatibilityDate: "2026-10-20",
          compatibilityFlags: ["nodejs_compat", "queue_consumer_no_wait_for_wait_until"],
          bindings: { LOG_LEVEL: "debug", ...vars },
          ratelimits: countersOf(rateLimits),
          durableObjects: {
            SESSION: object("Session"),
            HEALTH: object("ProjectHealth"),
            // Builds of before there were such have none.
            ...(code.includes("ProjectMetrics") && { METRICS: object("ProjectMetrics") }),
            ...(code.includes("LiveHub") && { LIVE: object("LiveHub") }),
            ...(sinks && { SINK: object("Sink") }),
          },
          ...(queue && {
            queueProducers: { CLAIMS: { queueName: "langfuse-edge-claims" } },
            queueConsumers: {
              "langfuse-edge-claims": { maxBatchSize: 100, maxBatchTimeout: 1, maxRetries: 0 },
            },
          }),
        },
      ],
    }),
    ...(persist !== undefined && { resourcePersistencePath: persist }),
  });
  const url = await miniflare.ready;
  return {
    url: url.origin,
    log: () => lines.join("\n"),
    ...(inspected && { inspector: await miniflare.getInspectorURL() }),
    stop: () => miniflare.dispose(),
  };
}

function countersOf(rateLimits: EdgeOptions["rateLimits"]) {
  return Object.fromEntries(
    Object.entries(rateLimits ?? {}).map(([name, { requests, seconds }]) => [
      LIMIT_BINDINGS[name as LimitName],
      {
        namespace_id: name,
        simple: { limit: requests, period: seconds === 10 ? (10 as const) : (60 as const) },
      },
    ]),
  );
}
