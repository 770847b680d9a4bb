// The library's entries as ESM, what they share once, and the readers of answers as a chunk that is loaded
// later. Names and lines stay: the bundler of the app makes those short. Expressions do not: what is shortened here
// and there once more is 80 bytes less of what a page loads.
import { build } from "esbuild";
import { ENTRIES, SERVER, TARGET } from "./entries.ts";

/** Resolves with the modules that it is made of. */
export async function buildLibrary(folder: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: Object.values(ENTRIES),
    outbase: "src",
    outdir: folder,
    chunkNames: "client/[name]-[hash]",
    bundle: true,
    splitting: true,
    minifySyntax: true,
    format: "esm",
    target: TARGET,
    external: ["react"],
    metafile: true,
    logLevel: "warning",
  });
  return Object.keys(metafile.inputs);
}

/** The helpers of backends, for every runtime that speaks JavaScript. */
export async function buildServer(folder: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [SERVER],
    outfile: `${folder}/server/index.js`,
    bundle: true,
    format: "esm",
    platform: "neutral",
    target: TARGET,
    metafile: true,
    logLevel: "warning",
  });
  return Object.keys(metafile.inputs);
}
