// What `langfuse-edge serve` needs beside the built Worker: the module around it, and what wrangler.toml says of it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { parse } from "smol-toml";
import { workerConfig } from "../serve/runtime/worker-config.ts";

const HOST = "src/serve/host/entry.ts";

/** The Worker itself is not bundled once more: its own file is what runs. */
const asBuilt: Plugin = {
  name: "as-built",
  setup: (building) =>
    building.onResolve({ filter: /\/index\.ts$/ }, ({ importer, path }) =>
      importer.endsWith(HOST) && path === "../../index.ts"
        ? { path: "./edge.js", external: true }
        : undefined,
    ),
};

export async function buildServe(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const config = workerConfig(parse(readFileSync("wrangler.toml", "utf8")));
  writeFileSync(join(folder, "bindings.json"), `${JSON.stringify(config, undefined, 2)}\n`);
  await build({
    entryPoints: [HOST],
    outfile: join(folder, "host.js"),
    bundle: true,
    format: "esm",
    target: "es2024",
    external: ["cloudflare:*", "node:*"],
    plugins: [asBuilt],
    logLevel: "warning",
  });
}
