// Makes `dist/cli/main.js`, the program behind `npx langfuse-edge`: one file that needs nothing but Node 20.
import { chmodSync, rmSync } from "node:fs";
import { build } from "esbuild";
import { CLI } from "./entries.ts";

const FILE = "dist/cli/main.js";

rmSync("dist/cli", { recursive: true, force: true });
await build({
  entryPoints: [CLI],
  outfile: FILE,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  banner: { js: "#!/usr/bin/env node" },
  logLevel: "warning",
});
chmodSync(FILE, 0o755);
