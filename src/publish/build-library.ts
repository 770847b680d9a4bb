// Makes `dist/client`, the package that is published: the library's entries as ESM, what they share
// once, and their types beside them. It is not minified: the bundler of the app does that.
import { execFileSync } from "node:child_process";
import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { ENTRIES, TARGET } from "./entries.ts";

for (const folder of ["dist/client", "dist/protocol"])
  rmSync(folder, { recursive: true, force: true });
await build({
  entryPoints: Object.values(ENTRIES),
  outbase: "src",
  outdir: "dist",
  chunkNames: "client/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: TARGET,
  external: ["react"],
  logLevel: "warning",
});
execFileSync("tsc", ["--project", "src/publish/tsconfig.json"], { stdio: "inherit" });
// As TypeScript of every version and setting resolves them.
for (const file of globSync("dist/{client,protocol}/**/*.d.ts")) {
  const types = readFileSync(file, "utf8");
  writeFileSync(file, types.replaceAll(/((?:from |import\()"\.[^"]*)\.ts"/g, '$1.js"'));
}
