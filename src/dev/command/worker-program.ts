// The Worker under `wrangler dev`, which is surely gone when the command ends: stopped in order, killed with all below
// it when that takes long or is asked for, and by itself when the command is killed.
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { StopSignals } from "../../stopping/stop-signals.ts";
import { killTree } from "./process-tree.ts";

/** The process id of the command, for the program that ends with it. */
export const DEV_PROCESS_VARIABLE = "LANGFUSE_EDGE_DEV_PROCESS";

const KILL_AFTER_MS = 5000;

export function startWorker(args: readonly string[]): ChildProcess {
  const cli = fileURLToPath(import.meta.resolve("wrangler"));
  const guard = import.meta.resolve("./end-with-dev.ts");
  // In the command's group and on its terminal: wrangler takes single keys.
  return spawn(process.execPath, ["--no-warnings", "--import", guard, cli, ...args], {
    stdio: "inherit",
    env: {
      // Nothing here needs Cloudflare's word on where this machine is.
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
      ...process.env,
      [DEV_PROCESS_VARIABLE]: String(process.pid),
    },
  });
}

/** Ends the program when the signals say so. */
export function endWith(
  program: ChildProcess,
  { stop, atOnce }: Pick<StopSignals, "stop" | "atOnce">,
  killAfterMs = KILL_AFTER_MS,
): void {
  const kill = (): void => {
    if (program.pid !== undefined) killTree(program.pid);
  };
  stop.addEventListener("abort", () => {
    program.kill();
    const killing = setTimeout(kill, killAfterMs);
    program.once("exit", () => clearTimeout(killing));
  });
  const onAtOnce = (): void => kill();
  atOnce.addEventListener("abort", onAtOnce);
  program.once("exit", () => atOnce.removeEventListener("abort", onAtOnce));
}
