// A program of an example, started as its README says.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { until } from "../../support/until.ts";

export interface Program {
  url: string;
  /** What it printed. */
  said: () => string;
  stop: () => Promise<void>;
}

export interface ProgramOptions {
  cwd: string;
  /** Where it will answer. */
  port: number;
  env?: Record<string, string>;
}

const LOOPBACK = { NO_PROXY: "127.0.0.1", no_proxy: "127.0.0.1" };
const START_LIMIT_MS = 120_000;

/** Resolves when it answers at its port, whatever it answers. */
export async function startProgram(
  [command = "", ...args]: readonly string[],
  { cwd, port, env = {} }: ProgramOptions,
): Promise<Program> {
  const url = `http://127.0.0.1:${port}`;
  const chunks: string[] = [];
  // In a group of its own: a package manager's script is a shell with children.
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...LOOPBACK, ...env },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "close");
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => chunks.push(text));
  }
  const said = (): string => chunks.join("");
  const stop = async (): Promise<void> => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGTERM");
    await ended;
  };
  try {
    await until(() => {
      if (child.exitCode !== null) throw new Error(`${command} ended: ${said()}`);
      return fetch(url).then(
        async (answer) => (await answer.arrayBuffer(), true),
        () => false,
      );
    }, START_LIMIT_MS);
  } catch (error) {
    await stop().catch(() => undefined);
    throw new Error(`${command} does not answer at ${url}: ${said()}`, { cause: error });
  }
  return { url, said, stop };
}
