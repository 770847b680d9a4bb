// An example in a folder of its own, outside the repository, as who copies it has it.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

export interface ExampleCopy {
  path: string;
  remove: () => void;
}

/** What a build or an install leaves in an example's folder. */
const LEFT_BEHIND =
  /(^|\/)(node_modules|dist|\.next|next-env\.d\.ts|__pycache__|\.venv|package-lock\.json)$/;

export function copyExample(name: string): ExampleCopy {
  const path = mkdtempSync(join(tmpdir(), `langfuse-edge-${name}-`));
  cpSync(join("examples", name), path, {
    recursive: true,
    filter: (source) => !LEFT_BEHIND.test(source),
  });
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Its packages are the repository's own, and not installed again; all but the library. */
export function linkPackages(app: string): void {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(
    readFileSync(join(app, "package.json"), "utf8"),
  ) as Record<string, Record<string, string> | undefined>;
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    if (name === "langfuse-edge") continue;
    const link = join(app, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(resolve("node_modules", name), link);
  }
}
