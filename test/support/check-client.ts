// What the browser library costs a page: each entry out of the packed package, as an app's bundler would
// make it, and that nothing but the library is in it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { build } from "esbuild";
import { ENTRIES, SCRIPT_TAG } from "../../src/publish/entries.ts";
import { buildLibrary } from "../../src/publish/library.ts";

const ALLOWED = /^src\/client\/([^/]+\/)?[^/]+\.ts$/;

interface Measured {
  name: string;
  parts: string[];
  /** Most bytes, minified and gzipped: of what a page loads with itself, and of all. */
  first?: number;
  all?: number;
}
/** Langfuse's own browser SDK, for scores only, has 7.9 KB. */
const MEASURED: Measured[] = [
  { name: "/client", parts: [ENTRIES.client], all: 4880 },
  { name: "/client + /chat", parts: [ENTRIES.client, ENTRIES.chat], first: 10_368, all: 16_512 },
  { name: "/offline", parts: [ENTRIES.offline] },
  { name: "/react (and what it needs)", parts: [ENTRIES.react] },
  { name: "langfuse-edge.js", parts: [SCRIPT_TAG] },
];

// Not Node's zlib: it is made for speed, and finds less.
const gzipped = (input: Uint8Array): number => execFileSync("gzip", ["-9"], { input }).length;

/** `folder`: where the packed files are. */
async function measure(parts: readonly string[], folder: string) {
  const contents = parts.map((path) => {
    const packed = join(folder, relative("src", path).replace(/\.ts$/, ".js"));
    return `export * from "${path === SCRIPT_TAG ? `./${path}` : packed}";`;
  });
  const { outputFiles, metafile } = await build({
    stdin: { contents: contents.join("\n"), resolveDir: ".", loader: "ts" },
    outdir: "/out",
    bundle: true,
    splitting: parts[0] !== SCRIPT_TAG,
    minify: true,
    format: "esm",
    external: ["react"],
    metafile: true,
    write: false,
    logLevel: "error",
  });
  const outputs = Object.entries(metafile.outputs);
  const [entry] = outputs.find(([, { entryPoint }]) => entryPoint !== undefined) ?? [""];
  const first = new Set([entry]);
  for (const path of first) {
    for (const one of metafile.outputs[path]?.imports ?? []) {
      if (one.kind === "import-statement" && !one.external) first.add(one.path);
    }
  }
  const sizeOf = (path: string): number =>
    gzipped(outputFiles.find((file) => file.path.endsWith(path.replace(/^.*\//, "/")))!.contents);
  const sizes = outputs.map(([path]) => ({ isFirst: first.has(path), size: sizeOf(path) }));
  const sum = (all: typeof sizes): number => all.reduce((total, { size }) => total + size, 0);
  return { first: sum(sizes.filter(({ isFirst }) => isFirst)), all: sum(sizes) };
}

const problems: string[] = [];
const folder = mkdtempSync(join(tmpdir(), "langfuse-edge-package-"));
try {
  const modules = await buildLibrary(folder);
  const strangers = modules.filter((path) => !ALLOWED.test(path));
  if (strangers.length > 0) problems.push(`the library must not have ${strangers.join(", ")}`);
  for (const { name, parts, ...most } of MEASURED) {
    const { first, all } = await measure(parts, folder);
    const limit = (bytes?: number): string => (bytes === undefined ? "" : ` of ${bytes}`);
    const later = first < all ? `${first}${limit(most.first)} at first, ` : "";
    console.log(`${name.padEnd(28)}${later}${all}${limit(most.all)} gzipped`);
    if (first > (most.first ?? Infinity) || all > (most.all ?? Infinity)) {
      problems.push(`${name} is too large`);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
if (problems.length > 0) throw new Error(problems.join("; "));
