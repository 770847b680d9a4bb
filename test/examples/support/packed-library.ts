// The library as it is published. It is packed in a copy of the sources: the build replaces `dist`, and
// other tests pack at the same time.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const SOURCES = [
  "src",
  "wrangler.toml",
  "package.json",
  "tsconfig.json",
  "LICENSE",
  "README.md",
  "llms.txt",
];

/** Packs it into a folder; resolves to the archive's path. */
export function packLibrary(into: string): string {
  const copy = mkdtempSync(join(tmpdir(), "langfuse-edge-sources-"));
  try {
    for (const name of SOURCES) cpSync(name, join(copy, name), { recursive: true });
    symlinkSync(resolve("node_modules"), join(copy, "node_modules"));
    const args = ["pack", "--silent", "--offline", "--pack-destination", into];
    execFileSync("npm", args, { cwd: copy, stdio: "pipe" });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  const archive = readdirSync(into).find((name) => name.endsWith(".tgz"));
  if (archive === undefined) throw new Error("nothing was packed");
  return join(into, archive);
}

/** Unpacks it where an app finds it. */
export function unpackLibrary(archive: string, app: string): void {
  const folder = join(app, "node_modules", "langfuse-edge");
  mkdirSync(folder, { recursive: true });
  execFileSync("tar", ["-xzf", archive, "-C", folder, "--strip-components=1"]);
}
