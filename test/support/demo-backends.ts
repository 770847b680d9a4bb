// The demo's chat backends as `npm run dev` starts them, beside an edge whose address comes later.
import { spawnSync } from "node:child_process";
import { BACKENDS_VARIABLE, type BackendUrls } from "../../src/dev/demo/backends.ts";
import { backendProgram } from "../../src/dev/command/backend-program.ts";
import { freePort } from "../../src/dev/command/free-port.ts";
import { type Kept, keepRunning } from "../../src/dev/command/keep-running.ts";
import { langfuseOf } from "../../src/dev/command/langfuse-of.ts";
import { until } from "./until.ts";

export const HAS_PYTHON = spawnSync("python3", ["--version"]).status === 0;

export interface DemoBackends {
  /** What the Worker has to know of them. */
  vars: Record<string, string>;
  /** They write to the sink of the edge there. */
  start: (edge: string) => Promise<void>;
  stop: () => Promise<void>;
}

/** `wordMs`: how long a word takes. */
export async function demoBackends(wordMs = 4): Promise<DemoBackends> {
  const ports = { node: await freePort(), python: await freePort() };
  const started: Kept[] = [];
  const urls: BackendUrls = {
    node: `http://127.0.0.1:${ports.node}`,
    python: HAS_PYTHON ? `http://127.0.0.1:${ports.python}` : null,
  };
  return {
    vars: { [BACKENDS_VARIABLE]: JSON.stringify(urls) },
    start: async (edge) => {
      const env = { ...process.env, ...langfuseOf("", [], edge), DEMO_WORD_MS: String(wordMs) };
      for (const id of ["node", "python"] as const) {
        started.push(keepRunning(backendProgram(id, ports[id], env), () => undefined));
      }
      for (const [index, id] of (["node", "python"] as const).entries()) {
        if (started[index]?.possible === true) {
          await until(() =>
            fetch(`${urls[id]}/health`).then(
              ({ ok }) => ok,
              () => false,
            ),
          );
        }
      }
    },
    stop: async () => {
      await Promise.all(started.map(({ stop }) => stop()));
    },
  };
}
