// `wrangler dev` with the benchmark's Worker, in processes of its own.
import { spawn, type ChildProcess } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../../src/dev/command/free-port.ts";
import { until } from "../../support/until.ts";
import { answerCalls } from "./child.ts";
import { childrenOf } from "./processes.ts";
import type { RunningWorker, WorkerOptions } from "./worker-host.ts";

// oxlint-disable-next-line typescript/consistent-type-definitions -- an interface has no index signature
export type WranglerCalls = {
  start(options: WorkerOptions): Promise<RunningWorker & { command: number }>;
  errors(): Promise<string[]>;
};

const START_MS = 60_000;
const QUEUE = "bench";
const folder = mkdtempSync(join(tmpdir(), "langfuse-edge-bench-dev-"));
let wrangler: ChildProcess | undefined;

const calls: WranglerCalls = {
  async start({ script, vars, objects, queue }) {
    // Alone in its folder: wrangler uploads what else lies there, and watches it.
    const main = join(folder, "app/edge.js");
    mkdirSync(join(folder, "app"));
    copyFileSync(script, main);
    const config = join(folder, "wrangler.json");
    const bindings = Object.entries(objects).map(([name, class_name]) => ({ name, class_name }));
    writeFileSync(
      config,
      JSON.stringify({
        name: "bench",
        main,
        no_bundle: true,
        compatibility_date: "2026-10-20",
        compatibility_flags: ["nodejs_compat"],
        vars,
        durable_objects: { bindings },
        migrations: [{ tag: "v1", new_sqlite_classes: Object.values(objects) }],
        ...(queue && {
          queues: {
            producers: [{ binding: queue.binding, queue: QUEUE }],
            consumers: [
              {
                queue: QUEUE,
                max_batch_size: queue.batchSize,
                max_batch_timeout: queue.batchSeconds,
                max_retries: 0,
              },
            ],
          },
        }),
      }),
    );
    const port = await freePort();
    const cli = fileURLToPath(import.meta.resolve("wrangler"));
    const state = join(folder, "state");
    const args = ["dev", "--config", config, "--port", String(port), "--persist-to", state];
    wrangler = spawn(process.execPath, ["--no-warnings", cli, ...args], {
      cwd: folder,
      stdio: "ignore",
      env: { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: "false", CI: "1" },
    });
    const url = `http://127.0.0.1:${port}`;
    await until(async () => (await fetch(url).catch(() => undefined)) !== undefined, START_MS);
    const command = wrangler.pid ?? 0;
    const [workerd] = childrenOf(command, "workerd");
    return { url, state, command, ...(workerd !== undefined && { workerd }) };
  },
  errors: async () => [],
};
answerCalls(calls, async () => {
  if (wrangler?.exitCode === null) {
    const ended = new Promise((resolve) => wrangler?.once("exit", resolve));
    wrangler.kill("SIGTERM");
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});
