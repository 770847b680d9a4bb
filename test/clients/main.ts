// `npm run test:clients -- [name …]`: installs each client from its registry, runs its program beside the built
// Worker, checks what arrived, and writes down what was sent: that is the data of `npm test`, which needs neither
// the clients nor their languages. A client whose language is not here is told of and passed over.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setup } from "../support/build.ts";
import { KEYS } from "../support/post.ts";
import { besideEdge } from "./support/beside-edge.ts";
import type { Client } from "./support/client-type.ts";
import { CLIENTS, clientNamed, clientNames, recordingOf } from "./support/clients.ts";
import { recordInFrontOf } from "./support/recorder.ts";
import { type Place, withoutPaths } from "./support/without-paths.ts";

/** A program that hangs is ended. */
const LIMIT_MS = 120_000;
/** Installed copies stay, so that a second run is quick. */
const INSTALLED = "dist/clients";
const LOOPBACK = { NO_PROXY: "127.0.0.1", no_proxy: "127.0.0.1" };

const tell = (text: string): void => void process.stdout.write(`${text}\n`);

const isThere = (program: string): boolean => {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

function installed(name: string, { install }: Client): string {
  const folder = join(INSTALLED, name);
  const isDone = existsSync(join(folder, "installed"));
  mkdirSync(folder, { recursive: true });
  cpSync(join(CLIENTS, name), folder, { recursive: true });
  for (const [command = "", ...args] of isDone ? [] : install) {
    execFileSync(command, args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  }
  writeFileSync(join(folder, "installed"), "");
  return folder;
}

async function runProgram(folder: string, { run }: Client, url: string): Promise<void> {
  const [command = "", ...args] = run;
  const env = {
    ...process.env,
    ...LOOPBACK,
    LANGFUSE_HOST: url,
    LANGFUSE_BASE_URL: url,
    LANGFUSE_PUBLIC_KEY: KEYS.publicKey,
    LANGFUSE_SECRET_KEY: KEYS.secretKey,
  };
  const child = spawn(command, args, { cwd: folder, env, stdio: ["ignore", "inherit", "inherit"] });
  const timer = setTimeout(() => child.kill(), LIMIT_MS);
  const [code] = (await once(child, "close")) as [number | null];
  clearTimeout(timer);
  if (code !== 0) throw new Error(`the program ended with ${code}`);
}

async function runClient(name: string): Promise<boolean> {
  const client = await clientNamed(name);
  if (client.requests !== undefined) return true;
  const missing = client.needs.filter((program) => !isThere(program));
  if (missing.length > 0) {
    tell(`${name}: passed over, without ${missing.join(", ")}`);
    return true;
  }
  const folder = installed(name, client);
  const world = await besideEdge(client);
  const recorder = await recordInFrontOf(world.edge.url);
  try {
    await runProgram(folder, client, recorder.url);
    const places: Place[] = [
      [resolve(folder), "program"],
      [process.cwd(), "repository"],
      [homedir(), "~"],
      [tmpdir(), "temp"],
    ];
    const requests = recorder.requests.map((request) => withoutPaths(request, places));
    const recording = `${JSON.stringify(requests, null, 1)}\n`;
    // Also of a client that fails, to be looked at.
    writeFileSync(join(folder, "recorded.json"), recording);
    const { spans, scores } = await world.arrived();
    writeFileSync(recordingOf(name), recording);
    tell(
      `${name}: ${recorder.requests.length} requests, ${spans.length} spans, ${scores.length} scores`,
    );
    return true;
  } catch (error) {
    tell(`${name}: ${error instanceof Error ? error.message : String(error)}\n${world.edge.log()}`);
    return false;
  } finally {
    await recorder.close();
    await world.stop();
  }
}

const asked = process.argv.slice(2);
const remove = setup();
try {
  for (const name of asked.length > 0 ? asked : clientNames()) {
    if (!(await runClient(name))) process.exitCode = 1;
  }
} finally {
  remove?.();
}
