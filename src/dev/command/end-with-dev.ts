// Loaded into wrangler's process: ends it, in order, when the command that started it is gone without a word.
import { isMainThread } from "node:worker_threads";
import { whenParentEnds } from "../../stopping/when-parent-ends.ts";
import { DEV_PROCESS_VARIABLE } from "./worker-program.ts";

if (isMainThread) {
  const end = (): void => void process.kill(process.pid, "SIGTERM");
  whenParentEnds(end, () => process.ppid, Number(process.env[DEV_PROCESS_VARIABLE]));
}
