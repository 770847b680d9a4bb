// The Worker as a module that needs nothing but the platform. It is not minified: wrangler does that.
import { build } from "esbuild";
import { WORKER } from "./entries.ts";

export async function buildWorker(file: string): Promise<void> {
  await build({
    entryPoints: [WORKER],
    outfile: file,
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["workerd", "worker", "import"],
    target: "es2024",
    external: ["cloudflare:*", "node:*"],
    legalComments: "none",
    logLevel: "warning",
  });
}
