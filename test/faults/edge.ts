// The edge in a process group of its own, so that it can be killed with its runtime in the midst of
// anything, and started again on the state that it left.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { stateFolder } from "../support/edge-process.ts";
import type { EdgeChildOptions } from "./edge-child.ts";
import type { QueueMode } from "./edge-entry.ts";

export interface FaultyEdge {
  /** Undefined while it is down. */
  url: () => string | undefined;
  start: (vars: Record<string, string>) => Promise<void>;
  kill: () => Promise<void>;
  /** What its queue does from now on, until it is killed. */
  queue: (mode: QueueMode) => Promise<void>;
  /** The last lines of its log. */
  log: () => readonly string[];
  /** Kills it and forgets its state. */
  remove: () => Promise<void>;
}

const KEPT_LINES = 20_000;
const START_MS = 30_000;

function ended(child: ChildProcess): AbortSignal {
  const controller = new AbortController();
  child.once("exit", (code) => controller.abort(new Error(`the edge ended with ${code}`)));
  return controller.signal;
}

export function faultyEdge(): FaultyEdge {
  const state = stateFolder();
  const lines: string[] = [];
  let child: ChildProcess | undefined;
  let url: string | undefined;

  async function kill(): Promise<void> {
    const running = child;
    child = undefined;
    url = undefined;
    if (running?.pid === undefined || running.exitCode !== null) return;
    const isOver = once(running, "exit");
    process.kill(-running.pid, "SIGKILL");
    await isOver;
  }

  async function start(vars: Record<string, string>): Promise<void> {
    const options: EdgeChildOptions = { persist: state.path, vars };
    const file = join(import.meta.dirname, "edge-child.ts");
    const started = spawn(process.execPath, ["--no-warnings", file, JSON.stringify(options)], {
      detached: true,
      stdio: ["pipe", "pipe", "inherit"],
    });
    child = started;
    const output = createInterface({ input: started.stdout });
    // Where it ends before it says anything, nobody waits for it.
    const signal = AbortSignal.any([AbortSignal.timeout(START_MS), ended(started)]);
    const [first] = (await once(output, "line", { signal })) as [string];
    output.on("line", (line) => {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.splice(0, KEPT_LINES / 2);
    });
    url = first;
  }

  return {
    url: () => url,
    start,
    kill,
    queue: async (mode) => {
      const answer = await fetch(`${url}/faults/queue`, { method: "PUT", body: mode });
      if (answer.status !== 204)
        throw new Error(`the queue is not under control: ${answer.status}`);
    },
    log: () => lines,
    remove: async () => {
      await kill();
      state.remove();
    },
  };
}
