// The deployment's folder: all that wrangler needs, and nothing secret. Its wrangler.toml is written once and is the
// owner's from then on; the Worker and its assets are this package's, and written anew each time.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CommandError, EXIT } from "../exit-codes.ts";
import { deployConfig, missingBindings } from "./config.ts";

/** Beside a configuration whose Worker does not exist yet: its secrets are still to be sent. */
const UNDEPLOYED = ".undeployed";

export function isUndeployed(folder: string): boolean {
  return existsSync(join(folder, UNDEPLOYED));
}

export function markDeployed(folder: string): void {
  rmSync(join(folder, UNDEPLOYED), { force: true });
}

export function hasConfig(folder: string): boolean {
  return existsSync(join(folder, "wrangler.toml"));
}

/** Returns the bindings of this version that the folder's own configuration lacks. */
export function fillFolder(
  folder: string,
  packageFolder: string,
  config: { name: string; vars: Readonly<Record<string, string>> } | undefined,
): string[] {
  const built = join(packageFolder, "dist");
  if (!existsSync(join(built, "worker", "edge.js"))) {
    throw new CommandError(EXIT.usage, "this package holds no built Worker: npm run build:worker");
  }
  mkdirSync(folder, { recursive: true });
  cpSync(join(built, "worker", "edge.js"), join(folder, "worker", "edge.js"));
  rmSync(join(folder, "assets"), { recursive: true, force: true });
  cpSync(join(built, "assets"), join(folder, "assets"), { recursive: true });
  const template = readFileSync(join(built, "worker", "wrangler.toml"), "utf8");
  const file = join(folder, "wrangler.toml");
  if (config === undefined) return missingBindings(template, readFileSync(file, "utf8"));
  writeFileSync(join(folder, ".gitignore"), ".wrangler/\n.dev.vars*\nnode_modules/\n");
  writeFileSync(join(folder, UNDEPLOYED), "The Worker was never deployed from here.\n");
  writeFileSync(file, deployConfig(template, config));
  return [];
}
