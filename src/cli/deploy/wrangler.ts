// The wrangler that deploys: the caller's own, else npm's, with a Node that it runs on.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "../shell.ts";

/** wrangler ends at once on an older one. */
const NEEDED_NODE = 22;
/** With an older Node npm would rather take a wrangler of long ago, unless it is told which. */
const WRANGLER = "wrangler@^4.155.0";

/** @param own a command line of the caller's */
export function wranglerProgram(machine: Machine, own: string | undefined): string[] {
  if (own !== undefined) return own.split(" ").filter(Boolean);
  const local = join(machine.folder, "node_modules", ".bin", "wrangler");
  const isFit = machine.nodeMajor >= NEEDED_NODE;
  if (isFit && existsSync(local)) return [local];
  const node = isFit ? [] : ["--package", "node@24"];
  return ["npx", "--yes", "--loglevel=error", ...node, "--package", WRANGLER, "--", "wrangler"];
}
