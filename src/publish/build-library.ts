// Makes `dist/client`, the package that is published: the library, and its types beside it.
import { execFileSync } from "node:child_process";
import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { buildLibrary } from "./library.ts";

for (const folder of ["dist/client", "dist/protocol"])
  rmSync(folder, { recursive: true, force: true });
await buildLibrary("dist");
execFileSync("tsc", ["--project", "src/publish/tsconfig.json"], { stdio: "inherit" });
// As TypeScript of every version and setting resolves them.
for (const file of globSync("dist/{client,protocol}/**/*.d.ts")) {
  const types = readFileSync(file, "utf8");
  writeFileSync(file, types.replaceAll(/((?:from |import\()"\.[^"]*)\.ts"/g, '$1.js"'));
}
