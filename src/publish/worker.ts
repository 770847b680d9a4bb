// The Worker as a module that needs nothing but the platform. Its names are kept, so that an error of it can be read;
// wrangler makes it smaller still.
import { build } from "esbuild";

export async function buildWorker(entry: string, file: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["workerd", "worker", "import"],
    target: "es2024",
    external: ["cloudflare:*", "node:*"],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "warning",
  });
}
