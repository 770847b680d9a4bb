// workerd, Cloudflare's runtime: from where the package or the current folder has it installed, else fetched once
// by npm into a cache. It is no dependency of the package, since those who only want the browser library would
// install 140 MB with it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { ServeError } from "../serve-error.ts";

/** What the package is tested with. */
export const WORKERD_VERSION = "1.20261023.1";

export interface Runtime {
  /** The program. */
  path: string;
  version: string;
}

export interface FindDeps {
  env: Readonly<Record<string, string | undefined>>;
  /** Folders where it may be installed, in the order in which they are looked at. */
  folders: readonly string[];
  say: (line: string) => void;
}

export async function findRuntime({ env, folders, say }: FindDeps): Promise<Runtime> {
  const cache = join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "langfuse-edge");
  const own = join(cache, `workerd-${WORKERD_VERSION}`);
  for (const folder of [...folders, own]) {
    const found = runtimeIn(folder);
    if (found === undefined) continue;
    if (isAsNew(found.version)) return found;
    say(`workerd ${found.version} in ${folder} is older than ${WORKERD_VERSION}: not used`);
  }
  say(
    `fetching workerd ${WORKERD_VERSION}, Cloudflare's runtime, into ${own} (once; 140 MB on disk)`,
  );
  await install(own, env);
  const fetched = runtimeIn(own);
  if (fetched === undefined) throw lacking("npm installed it, and it can't be found");
  return fetched;
}

function runtimeIn(folder: string): Runtime | undefined {
  try {
    const { default: path, version } = createRequire(join(folder, "here.js"))("workerd") as {
      default: unknown;
      version: unknown;
    };
    return typeof path === "string" && typeof version === "string" ? { path, version } : undefined;
  } catch {
    return undefined;
  }
}

/** By its date: `1.20261023.1`. */
export function isAsNew(version: string, than = WORKERD_VERSION): boolean {
  const parts = (text: string): number[] => text.split(".").map(Number);
  const wanted = parts(than);
  for (const [at, part] of parts(version).entries()) {
    const difference = part - (wanted[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

async function install(folder: string, env: FindDeps["env"]): Promise<void> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw lacking(error instanceof Error ? error.message : String(error));
  }
  const args = ["install", "--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = spawn("npm", [...args, `workerd@${WORKERD_VERSION}`], {
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = (await once(npm, "exit").catch(() => ["npm is not there"])) as [unknown];
  if (code !== 0) throw lacking(typeof code === "string" ? code : "npm could not fetch it");
}

function lacking(why: string): ServeError {
  const how = `install it beside the package: npm install workerd@${WORKERD_VERSION}`;
  return new ServeError("start", `workerd, Cloudflare's runtime, is missing (${why}); ${how}`);
}
