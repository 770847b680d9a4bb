// Builds both entries as they are deployed, once for all tests from outside.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Entry = "production" | "development";
const CONFIGS: Record<Entry, string> = {
  production: "wrangler.toml",
  development: "wrangler.dev.toml",
};
const ASSETS: Record<Entry, string> = {
  production: "dist/assets",
  development: "dist/dev-assets",
};

/** Bundles an entry with wrangler; the folder that holds it, with its static files in `assets`. */
export function buildEntry(entry: Entry, into: string): string {
  const folder = join(into, entry);
  const args = ["deploy", "--dry-run", "--outdir", folder, "--config", CONFIGS[entry]];
  execFileSync("wrangler", args, { stdio: "pipe" });
  cpSync(ASSETS[entry], join(folder, "assets"), { recursive: true });
  return folder;
}

/** Vitest's global setup: `process.env` carries the folder to the workers. */
export function setup(): (() => void) | undefined {
  if (process.env["EDGE_BUILDS"] !== undefined) return undefined;
  const into = mkdtempSync(join(tmpdir(), "langfuse-edge-"));
  process.env["EDGE_BUILDS"] = into;
  buildEntry("production", into);
  buildEntry("development", into);
  return () => rmSync(into, { recursive: true, force: true });
}
