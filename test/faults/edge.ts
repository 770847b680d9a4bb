// The edge in a process group of its own, so that it can be killed with its runtime in the midst of
// anything, and started again on the state that it left.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { EDGE_ISOLATE, heapOf } from "../support/isolate-heap.ts";
import { stateFolder } from "../support/edge-process.ts";
import type { EdgeChildOptions } from "./edge-child.ts";
import type { Orders } from "./inside/orders.ts";
import { aroundFile, versionFile } from "./bundles.ts";
import type { Version } from "./version.ts";

export interface FaultyEdge {
  /** Undefined while it is down. */
  url: () => string | undefined;
  /** JavaScript heap of its isolate after a collection, MB; only of one that is inspected. */
  heapMb: () => Promise<number>;
  start: (vars: Record<string, string>, how?: Start) => Promise<void>;
  kill: () => Promise<void>;
  /** What holds inside it from now on, until it is killed; its answer. */
  order: <Name extends keyof Orders, Answer>(name: Name, told: Orders[Name]) => Promise<Answer>;
  /** The last lines of its log. */
  log: () => readonly string[];
  /** Kills it and forgets its state. */
  remove: () => Promise<void>;
}

export interface Start {
  /** Another version of it. */
  version?: Version;
  /** Its heap can be read. */
  inspected?: boolean;
}

const KEPT_LINES = 20_000;
const START_MS = 30_000;

function ended(child: ChildProcess): AbortSignal {
  const controller = new AbortController();
  child.once("exit", (code) => controller.abort(new Error(`the edge ended with ${code}`)));
  return controller.signal;
}

/** An order to the module around the Worker at this address; its answer. */
export async function obeyingAt<Answer>(
  url: string | undefined,
  name: string,
  told: unknown,
): Promise<Answer> {
  const body = JSON.stringify(told);
  const answer = await fetch(`${url}/faults/${name}`, { method: "PUT", body });
  if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
  return answer.json<Answer>();
}

export function faultyEdge(): FaultyEdge {
  const state = stateFolder();
  const lines: string[] = [];
  let child: ChildProcess | undefined;
  let url: string | undefined;
  let inspector: string | undefined;

  async function kill(): Promise<void> {
    const running = child;
    child = undefined;
    url = undefined;
    if (running?.pid === undefined || running.exitCode !== null) return;
    const isOver = once(running, "exit");
    process.kill(-running.pid, "SIGKILL");
    await isOver;
  }

  async function start(
    vars: Record<string, string>,
    { version, inspected = false }: Start = {},
  ): Promise<void> {
    const around = await aroundFile();
    const built = version && (await versionFile(version));
    const options: EdgeChildOptions = {
      persist: state.path,
      vars,
      around,
      inspected,
      ...(built !== undefined && { built }),
    };
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
    [url, inspector] = first.split(" ");
  }

  return {
    url: () => url,
    heapMb: () =>
      heapOf(new URL(inspector ?? ""), EDGE_ISOLATE, () =>
        fetch(`${url}/api/langfuse/trace`).then((answer) => answer.text()),
      ),
    start,
    kill,
    order: <Answer>(name: string, told: unknown) => obeyingAt<Answer>(url, name, told),
    log: () => lines,
    remove: async () => {
      await kill();
      state.remove();
    },
  };
}
