// One built Worker on workerd, in a process of its own. Requests go to workerd's own socket: neither
// a dev proxy nor Miniflare's entry Worker stands in between. Objects are stored on disk.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { answerCalls } from "./child.ts";
import { childrenOf } from "./processes.ts";

export interface WorkerOptions {
  /** The built module. */
  script: string;
  vars: Record<string, string>;
  /** Class names of the objects, by binding. */
  objects: Record<string, string>;
  /** Binding of the queue that the Worker fills and empties. */
  queue?: { binding: string; batchSize: number; batchSeconds: number };
  /** Keep the state of an earlier run. */
  state?: string;
}

export interface RunningWorker {
  url: string;
  /** Process that runs it; absent where the system does not tell. */
  workerd?: number;
  state: string;
}

// oxlint-disable-next-line typescript/consistent-type-definitions -- an interface has no index signature
export type WorkerCalls = {
  start(options: WorkerOptions): Promise<RunningWorker>;
  /** What it logged as an error, the first lines. */
  errors(): Promise<string[]>;
};

const NAME = "variant";
const KEPT_ERRORS = 20;
const folder = mkdtempSync(join(tmpdir(), "langfuse-edge-bench-"));
const errors: string[] = [];
let miniflare: Miniflare | undefined;

function moduleOf(script: string) {
  const contents = readFileSync(script, "utf8");
  return [{ type: "ESModule" as const, path: "index.js", contents }];
}

const calls: WorkerCalls = {
  async start({ script, vars, objects, queue, state = join(folder, "state") }) {
    const durableObjects = Object.entries(objects).map(([binding, className]) => [
      binding,
      { className, useSQLite: true },
    ]);
    const variant = {
      name: NAME,
      compatibilityDate: "2026-10-20",
      compatibilityFlags: ["nodejs_compat", "queue_consumer_no_wait_for_wait_until"],
      modules: moduleOf(script),
      bindings: vars,
      durableObjects: Object.fromEntries(durableObjects) as Record<string, string>,
      unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
      ...(queue && {
        queueProducers: { [queue.binding]: { queueName: "bench" } },
        queueConsumers: {
          bench: {
            maxBatchSize: queue.batchSize,
            maxBatchTimeout: queue.batchSeconds,
            maxRetries: 0,
          },
        },
      }),
    };
    miniflare = new Miniflare({
      ...convertV4MiniflareOptions({
        host: "127.0.0.1",
        port: 0,
        handleStructuredLogs: ({ level, message }) => {
          if (level === "error" && errors.length < KEPT_ERRORS) errors.push(message);
        },
        workers: [variant],
      }),
      resourcePersistencePath: state,
    });
    await miniflare.ready;
    const url = (await miniflare.unsafeGetDirectURL(NAME)).origin;
    const [workerd] = childrenOf(process.pid, "workerd");
    return { url, state, ...(workerd !== undefined && { workerd }) };
  },
  errors: async () => errors,
};
answerCalls(calls, async () => {
  await miniflare?.dispose();
  rmSync(folder, { recursive: true, force: true });
});
