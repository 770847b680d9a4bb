// An edge that `langfuse-edge serve` runs, as somebody has it who installed the package: the command in a process of
// its own, from files as the package has them.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { CLI } from "../../src/publish/entries.ts";
import { buildServe } from "../../src/publish/serve-files.ts";

export interface Served {
  /** Undefined until it listens, and where it could not. */
  url: string | undefined;
  /** Of the command. */
  pid: number;
  /** Of the runtime, as it was last started. */
  runtime: () => number | undefined;
  /** Lines of its log, as they came. */
  lines: Record<string, unknown>[];
  /** What it said besides. */
  said: () => string;
  /** Resolves with the exit code when it has ended. */
  signal: (name: "SIGTERM" | "SIGINT" | "SIGKILL") => Promise<number | null>;
  ended: Promise<number | null>;
}

export interface ServeHow {
  /** The folder of everything. */
  data: string;
  vars?: Record<string, string>;
  args?: readonly string[];
  /** Another node than the one of the tests. */
  node?: string;
  /** The package, where it is another one. */
  packageFolder?: string;
}

/** Only ends a test that hangs. */
const START_MS = 120_000;

const packages = new Map<string, Promise<string>>();
/** The package's `dist`, made once for all of this process, with workerd where an app would have it. */
export function packageFolder(): Promise<string> {
  const builds = process.env["EDGE_BUILDS"] ?? "";
  const into = join(builds, `package-${process.pid}`);
  const made = packages.get(into) ?? makePackage(builds, into);
  packages.set(into, made);
  return made;
}

async function makePackage(builds: string, into: string): Promise<string> {
  // What wrangler would upload: the same Worker that all other tests have.
  await packageIn(into, join(builds, "production/index.js"));
  cpSync(join(builds, "production/assets"), join(into, "dist/assets"), { recursive: true });
  return into;
}

/** The package with that Worker in it, as far as it is needed to serve; without static files. */
export async function packageIn(into: string, worker: string): Promise<string> {
  const dist = join(into, "dist");
  for (const name of ["worker", "assets"]) mkdirSync(join(dist, name), { recursive: true });
  cpSync(worker, join(dist, "worker/edge.js"));
  await buildServe(join(dist, "serve"));
  await build({
    entryPoints: [CLI],
    outfile: join(dist, "cli/main.js"),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
  });
  mkdirSync(join(into, "node_modules"));
  symlinkSync(resolve("node_modules/workerd"), join(into, "node_modules/workerd"));
  return into;
}

/** Resolves once it listens, or has ended before. */
export async function serveEdge(how: ServeHow): Promise<Served> {
  const folder = how.packageFolder ?? (await packageFolder());
  const command = join(folder, "dist/cli/main.js");
  const args = [command, "serve", "--port", "0", "--data", how.data, ...(how.args ?? [])];
  const child = spawn(how.node ?? process.execPath, args, {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: folder, LOG_LEVEL: "debug", ...how.vars },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return served(child);
}

async function served(child: ChildProcess): Promise<Served> {
  const lines: Record<string, unknown>[] = [];
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said += String(chunk)));
  const ended = once(child, "close").then(([code]) => code as number | null);
  const started = new Promise<string>((resolve) => {
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on("line", (line) => {
      const record = JSON.parse(line) as Record<string, unknown>;
      lines.push(record);
      if (record["event"] === "started") resolve(String(record["url"]));
    });
  });
  const late = setTimeout(() => child.kill("SIGKILL"), START_MS);
  const url = await Promise.race([started, ended.then(() => undefined)]);
  clearTimeout(late);
  return {
    url,
    pid: child.pid ?? 0,
    runtime: () => {
      const last = lines.findLast(({ event }) => event === "started" || event === "restarted");
      return last?.["pid"] as number | undefined;
    },
    lines,
    said: () => said,
    signal: (name) => {
      child.kill(name);
      return ended;
    },
    ended,
  };
}

/** Whether a process of that number lives. */
export function isAlive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The oldest Node that the command is for, where this machine has one beside the project's own. */
export function oldestNode(): string | undefined {
  return ["/usr/bin/node", "/usr/local/bin/node"].find((path) => {
    if (!existsSync(path)) return false;
    return execFileSync(path, ["--version"], { encoding: "utf8" }).startsWith("v20.");
  });
}

export const removeFolder = (path: string): void => rmSync(path, { recursive: true, force: true });
