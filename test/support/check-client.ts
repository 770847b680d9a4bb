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
  /** An app imports these names alone: nothing of the rest may be in it. */
  names?: string[];
  /** Most bytes, minified and gzipped: of what a page loads with itself, and of all. */
  first?: number;
  all?: number;
}
/** Of what only some pages use. */
const EXTRAS = /^src\/client\/(errors|react\/(feedback|use|error))/;

/** Langfuse's own browser SDK, for scores only, has 7.9 KB. */
const MEASURED: Measured[] = [
  { name: "/client", parts: [ENTRIES.client], first: 4700, all: 5970 },
  { name: "/client + /chat", parts: [ENTRIES.client, ENTRIES.chat], first: 8700, all: 20_160 },
  { name: "/errors", parts: [ENTRIES.errors] },
  { name: "/experiments", parts: [ENTRIES.experiments] },
  { name: "/feedback", parts: [ENTRIES.feedback] },
  { name: "/offline", parts: [ENTRIES.offline] },
  { name: "/react (and what it needs)", parts: [ENTRIES.react] },
  {
    name: "/react, hooks of turns only",
    parts: [ENTRIES.react],
    names: ["TracingProvider", "useTracing", "useTracedFetch", "useMessageStreaming"],
  },
  { name: "langfuse-edge.js", parts: [SCRIPT_TAG] },
];

// Not Node's zlib: it is made for speed, and finds less.
const gzipped = (input: Uint8Array): number => execFileSync("gzip", ["-9"], { input }).length;

/** `folder`: where the packed files are. Where only some names are imported, the sources tell what is used. */
async function measure({ parts, names }: Measured, folder: string) {
  const what = names === undefined ? "*" : `{ ${names.join(", ")} }`;
  const contents = parts.map((path) => {
    const packed = join(folder, relative("src", path).replace(/\.ts$/, ".js"));
    const isSource = path === SCRIPT_TAG || names !== undefined;
    return `export ${what} from "${isSource ? `./${path}` : packed}";`;
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
  const inputs = outputs.flatMap(([, output]) => Object.entries(output.inputs));
  const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
  return { used, first: sum(sizes.filter(({ isFirst }) => isFirst)), all: sum(sizes) };
}

const problems: string[] = [];
const folder = mkdtempSync(join(tmpdir(), "langfuse-edge-package-"));
try {
  const modules = await buildLibrary(folder);
  const strangers = modules.filter((path) => !ALLOWED.test(path));
  if (strangers.length > 0) problems.push(`the library must not have ${strangers.join(", ")}`);
  for (const measured of MEASURED) {
    const { name, names, first: mostFirst, all: mostAll } = measured;
    const most = { first: mostFirst, all: mostAll };
    const { first, all, used } = await measure(measured, folder);
    const unused = used.filter((path) => names !== undefined && EXTRAS.test(path));
    if (unused.length > 0) problems.push(`${name} drags along ${unused.join(", ")}`);
    const limit = (bytes: number | undefined): string =>
      bytes === undefined ? "" : ` of ${bytes}`;
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
