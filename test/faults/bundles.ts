// What is built for the harness beside the Worker: the module around it, and other versions of it.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build, type BuildOptions } from "esbuild";
import { changedSource, type Version } from "./version.ts";

const COMMON = {
  bundle: true,
  format: "esm",
  target: "es2024",
  external: ["cloudflare:*", "node:*"],
  conditions: ["workerd", "worker", "browser"],
} as const satisfies BuildOptions;

const files = new Map<string, Promise<string>>();
/** Built once for all runs of this process. */
function once(name: string, make: (outfile: string) => Promise<unknown>): Promise<string> {
  const outfile = join(process.env["EDGE_BUILDS"] ?? "", name);
  const made = files.get(name) ?? make(outfile).then(() => outfile);
  files.set(name, made);
  return made;
}

/** The module around the built Worker, which it imports as `./index.js`. */
export const aroundFile = (): Promise<string> =>
  once("faults-around.js", (outfile) =>
    build({
      ...COMMON,
      entryPoints: [join(import.meta.dirname, "inside/entry.ts")],
      outfile,
      plugins: [
        {
          name: "as-built",
          setup: (building) =>
            building.onResolve({ filter: /\/src\/index\.ts$/ }, () => ({
              path: "./index.js",
              external: true,
            })),
        },
      ],
    }),
  );

/** The Worker as another version has it. */
export const versionFile = (version: Version): Promise<string> =>
  once(`faults-${version.name}.js`, (outfile) =>
    build({
      ...COMMON,
      entryPoints: [resolve("src/index.ts")],
      outfile,
      plugins: [
        {
          name: "changed",
          setup: (building) =>
            building.onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => ({
              contents: changedSource(readFileSync(path, "utf8"), path, version),
              loader: "ts",
            })),
        },
      ],
    }),
  );
