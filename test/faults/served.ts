// The edge as `langfuse-edge serve` runs it, for scenarios that kill it: its command, its runtime, or both. It is what
// the package has, and nothing can be ordered inside it; or the same with the module around its Worker.
import { cpSync, existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { stateFolder } from "../support/edge-process.ts";
import { isAlive, packageFolder, type Served, serveEdge } from "../support/served-edge.ts";
import { until } from "../support/until.ts";
import { aroundFile } from "./bundles.ts";
import { type FaultyEdge, obeyingAt } from "./edge.ts";
import type { Happened } from "./inside/orders.ts";
import type { World } from "./world.ts";

export interface ServedEdge extends FaultyEdge {
  /** Its runtime alone, by `kill -9`; resolves when the command has started another one. */
  killRuntime: () => Promise<void>;
  /** Its command alone, by `kill -9`; resolves when its runtime has gone, too. */
  killCommand: () => Promise<void>;
  /** In order, by SIGTERM; its exit code. */
  stop: () => Promise<number | null>;
}

const RESTART_MS = 40_000;
const NOTHING: Happened = {
  deaths: [],
  deadConsumers: 0,
  failedWrites: 0,
  brokenAlarms: 0,
  silentAlarms: 0,
};

/** The package, with the module around the Worker in the Worker's place. */
async function orderedPackage(): Promise<string> {
  const folder = await packageFolder();
  const into = `${folder}-ordered`;
  if (existsSync(into)) return into;
  cpSync(folder, into, { recursive: true, verbatimSymlinks: true });
  const worker = join(into, "dist/worker");
  renameSync(join(worker, "edge.js"), join(worker, "index.js"));
  cpSync(await aroundFile(), join(worker, "edge.js"));
  return into;
}

/** @param how `ordered`: it obeys orders */
export function servedEdge(how?: "ordered"): ServedEdge {
  const state = stateFolder();
  const earlier: string[] = [];
  let served: Served | undefined;

  const linesOf = (edge: Served | undefined): string[] =>
    (edge?.lines ?? []).map((line) => JSON.stringify(line));
  const forget = (): void => {
    earlier.push(...linesOf(served));
    served = undefined;
  };

  async function killCommand(): Promise<void> {
    const runtime = served?.runtime();
    await served?.signal("SIGKILL");
    forget();
    await until(() => !isAlive(runtime));
  }

  /** As when the power fails: nobody is left who could do anything. */
  async function kill(): Promise<void> {
    const runtime = served?.runtime();
    if (runtime !== undefined && isAlive(runtime)) process.kill(runtime, "SIGKILL");
    await killCommand();
  }

  return {
    url: () => served?.url,
    heapMb: () => Promise.reject(new Error("nobody looks into it")),
    start: async (vars) => {
      const given = how && { packageFolder: await orderedPackage() };
      served = await serveEdge({ data: join(state.path, "data"), vars, ...given });
      if (served.url === undefined) throw new Error(`it did not start: ${served.said()}`);
    },
    kill,
    killCommand,
    killRuntime: async () => {
      const runtime = served?.runtime();
      if (runtime === undefined) return;
      process.kill(runtime, "SIGKILL");
      await until(() => served?.runtime() !== runtime, RESTART_MS);
    },
    stop: async () => {
      const code = (await served?.signal("SIGTERM")) ?? null;
      forget();
      return code;
    },
    order: async <Answer>(name: string, given: unknown) => {
      if (how === "ordered") return obeyingAt<Answer>(served?.url, name, given);
      if (name === "happened") return NOTHING as Answer;
      throw new Error(`nothing can be ordered inside it: ${name}`);
    },
    log: () => [...earlier, ...linesOf(served)],
    remove: async () => {
      await kill();
      rmSync(state.path, { recursive: true, force: true });
    },
  };
}

export function servedIn({ edge }: World): ServedEdge {
  if ("killRuntime" in edge) return edge as ServedEdge;
  throw new Error("this world has another edge");
}
