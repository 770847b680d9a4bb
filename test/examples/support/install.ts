import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packLibrary } from "./packed-library.ts";

/** Runs a command in an example's folder as a person does; what it printed. */
export function runIn(app: string, [command = "", ...args]: readonly string[], env = {}): string {
  return execFileSync(command, args, {
    cwd: app,
    encoding: "utf8",
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Installs what a copied example names, with the library as it is packed now. */
export function installPackages(app: string): void {
  const file = join(app, "package.json");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(/file:[^"]*\.tgz/, `file:${packLibrary(app)}`));
  runIn(app, ["npm", "install", "--no-audit", "--no-fund"]);
}
