// Makes `dist/worker/edge.js`: the production Worker as one file that needs nothing but the platform.
import { rmSync } from "node:fs";
import { build } from "esbuild";

rmSync("dist/worker", { recursive: true, force: true });
await build({
  entryPoints: ["src/index.ts"],
  outfile: "dist/worker/edge.js",
  bundle: true,
  format: "esm",
  target: "es2024",
  conditions: ["workerd", "worker", "import"],
  external: ["cloudflare:*", "node:*"],
  legalComments: "none",
  logLevel: "warning",
});
