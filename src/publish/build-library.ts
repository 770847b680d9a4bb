// Makes `dist/client`, the package that is published: the library, and its types beside it.
import { execFileSync } from "node:child_process";
import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { jsSpecifiers } from "./js-specifiers.ts";
import { buildLibrary, buildServer } from "./library.ts";

for (const folder of ["dist/client", "dist/protocol", "dist/server"])
  rmSync(folder, { recursive: true, force: true });
await buildLibrary("dist");
await buildServer("dist");
execFileSync("tsc", ["--project", "src/publish/tsconfig.json"], { stdio: "inherit" });
for (const file of globSync("dist/{client,protocol,server}/**/*.d.ts")) {
  const types = readFileSync(file, "utf8");
  writeFileSync(file, jsSpecifiers(types));
}
