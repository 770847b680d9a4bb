// `langfuse-edge serve` with the benchmark's Worker, in processes of its own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageIn, type Served, serveEdge } from "../../support/served-edge.ts";
import { answerCalls } from "./child.ts";
import type { RunningWorker, WorkerOptions } from "./worker-host.ts";

// oxlint-disable-next-line typescript/consistent-type-definitions -- an interface has no index signature
export type ServeCalls = {
  start(options: WorkerOptions): Promise<RunningWorker & { command: number }>;
  errors(): Promise<string[]>;
};

const folder = mkdtempSync(join(tmpdir(), "langfuse-edge-bench-serve-"));
let served: Served | undefined;

const calls: ServeCalls = {
  async start({ script, vars }) {
    const packageFolder = await packageIn(join(folder, "package"), script);
    const state = join(folder, "data");
    served = await serveEdge({ packageFolder, data: state, vars: { ...vars, LOG_LEVEL: "info" } });
    if (served.url === undefined) throw new Error(served.said());
    const workerd = served.runtime();
    return {
      url: served.url,
      state,
      command: served.pid,
      ...(workerd !== undefined && { workerd }),
    };
  },
  errors: async () =>
    (served?.lines ?? [])
      .filter(({ level }) => level === "error")
      .map((line) => JSON.stringify(line)),
};
answerCalls(calls, async () => {
  await served?.signal("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
});
