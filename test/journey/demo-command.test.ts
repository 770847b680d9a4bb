// `npm run dev` as a user runs it: the Worker and the backends come and go together.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { below, processTable } from "../../src/dev/command/process-tree.ts";
import type { BackendState } from "../../src/dev/demo/routes.ts";
import { stateFolder } from "../support/edge-process.ts";
import { isAlive } from "../support/is-alive.ts";
import { ownPort } from "../support/own-port.ts";
import { until } from "../support/until.ts";

interface Dev {
  edge: string;
  process: ChildProcess;
  output: () => string;
  /** The backends' processes so far, by their names. */
  pids: (name: string) => number[];
}

const started: ChildProcess[] = [];
const state = stateFolder();
afterEach(() => {
  // Nothing is left in its group when all is well.
  for (const { pid } of started.splice(0)) if (pid !== undefined) signal(-pid, "SIGKILL");
  state.remove();
});

async function startDev(command: string, args: string[]): Promise<Dev> {
  const port = String(await ownPort());
  const child = spawn(command, [...args, "--port", port, "--persist-to", state.path], {
    // A group of its own, as a shell gives to what it runs: Ctrl-C goes to all of it.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, DEMO_WORD_MS: "4" },
  });
  started.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  }
  return {
    edge: `http://127.0.0.1:${port}`,
    process: child,
    output: () => output,
    pids: (name) => {
      const lines = output.matchAll(/the (\w+) backend runs as process (\d+)/g);
      return [...lines].flatMap(([, who, pid]) => (who === name ? [Number(pid)] : []));
    },
  };
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

const stateOf = async ({ edge }: Dev, id: string): Promise<BackendState | undefined> => {
  const answer = await fetch(`${edge}/demo/backends`).catch(() => undefined);
  return (await answer?.json<Record<string, BackendState>>())?.[id];
};

it("serves the page, outlives a backend that dies, and ends with Ctrl-C to the last process", async () => {
  const dev = await startDev("npm", ["run", "dev", "--"]);
  await until(async () => (await stateOf(dev, "node")) === "runs");
  const page = await fetch(`${dev.edge}/demo`);
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("simulated")]);
  const library = await fetch(`${dev.edge}/langfuse-edge.js`);
  expect(await library.text()).toContain("LangfuseEdge");
  const health = await fetch(`${dev.edge}/api/langfuse/trace`);
  expect(await health.json()).toMatchObject({ base_url: `${dev.edge}/sink` });

  const [node = 0] = dev.pids("node");
  signal(node, "SIGKILL");
  await until(async () => dev.pids("node").length === 2 && (await stateOf(dev, "node")) === "runs");
  const question = { question: "Anything?", assistant_name: "Helper" };
  const answer = await fetch(`${dev.edge}/demo/chat/node`, {
    method: "POST",
    body: JSON.stringify(question),
  });
  expect(await answer.text()).toContain("[DONE]");

  const processes = [...dev.pids("node"), ...dev.pids("python")];
  expect(processes.some(isAlive)).toBe(true);
  signal(-(dev.process.pid ?? 0), "SIGINT");
  await once(dev.process, "close");
  expect(processes.filter(isAlive)).toEqual([]);
  await expect(fetch(dev.edge)).rejects.toThrow("fetch failed");
  expect(dev.output()).not.toContain("Traceback");
});

describe("a dev command that is ended", () => {
  const NPM = ["npm", "run", "dev", "--"] as const;
  const BARE = [process.execPath, "src/dev/command/main.ts"] as const;
  it.each([
    ["npm is told to end", NPM, "SIGTERM", "itself"],
    ["npm is killed", NPM, "SIGKILL", "itself"],
    ["it is told to end", BARE, "SIGTERM", "itself"],
    ["its terminal is closed", NPM, "SIGHUP", "its group"],
    ["it is killed", BARE, "SIGKILL", "itself"],
  ] as const)("leaves nothing behind when %s", async (_how, [command, ...args], name, whom) => {
    const dev = await startDev(command, args);
    await until(() => dev.output().includes("Ready on"));
    const pid = dev.process.pid ?? 0;
    const processes = below(pid, processTable());
    // The backends, wrangler, and its runtime at least.
    expect(processes.length).toBeGreaterThan(3);
    expect(processes).toEqual(expect.arrayContaining(dev.pids("node")));
    signal(whom === "itself" ? pid : -pid, name);
    await until(() => !processes.some(isAlive));
    await expect(fetch(dev.edge)).rejects.toThrow("fetch failed");
  });
});
