// The built Worker on a real runtime, seen from outside: an address, and its log.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import type { Entry } from "./build.ts";

const FILES: Record<Entry, string> = { production: "index.js", development: "dev.js" };

export interface EdgeOptions {
  entry?: Entry;
  vars?: Record<string, string>;
  /** Keep state here; a second edge on the same folder finds it. */
  persist?: string;
}

export interface RunningEdge {
  url: string;
  /** Everything that it logged. */
  log: () => string;
  stop: () => Promise<void>;
}

export function stateFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "langfuse-edge-state-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export async function startEdge(options: EdgeOptions = {}): Promise<RunningEdge> {
  const { entry = "production", vars = {}, persist } = options;
  const lines: string[] = [];
  const folder = join(process.env["EDGE_BUILDS"] ?? "", entry);
  const object = (className: string) => ({ className, useSQLite: true });
  const sink = entry === "development" ? { SINK: object("Sink") } : {};
  const miniflare = new Miniflare({
    ...convertV4MiniflareOptions({
      host: "127.0.0.1",
      port: 0,
      handleStructuredLogs: ({ message }) => lines.push(message),
      workers: [
        {
          name: "edge",
          modules: [
            {
              type: "ESModule",
              path: FILES[entry],
              contents: readFileSync(join(folder, FILES[entry]), "utf8"),
            },
          ],
          assets: {
            directory: join(folder, "assets"),
            routerConfig: { has_user_worker: true },
            run_worker_first: ["/*", "!/langfuse-edge.js"],
          },
          compatibilityDate: "2026-10-20",
          compatibilityFlags: ["nodejs_compat"],
          bindings: vars,
          durableObjects: { SESSION: object("Session"), HEALTH: object("ProjectHealth"), ...sink },
          queueProducers: { CLAIMS: { queueName: "langfuse-edge-claims" } },
          queueConsumers: {
            "langfuse-edge-claims": { maxBatchSize: 100, maxBatchTimeout: 1, maxRetries: 0 },
          },
        },
      ],
    }),
    ...(persist !== undefined && { resourcePersistencePath: persist }),
  });
  const url = await miniflare.ready;
  return {
    url: url.origin,
    log: () => lines.join("\n"),
    stop: () => miniflare.dispose(),
  };
}
