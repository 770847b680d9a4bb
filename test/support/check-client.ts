// What the browser library costs a page: each way to import it out of the packed package, as an app's bundler would
// make it, and that nothing but the library is in it.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { build } from "esbuild";
import { ENTRIES, SCRIPT_TAG } from "../../src/publish/entries.ts";
import { buildLibrary } from "../../src/publish/library.ts";
import { BUNDLERS, type Chunk } from "./bundlers.ts";

const ALLOWED = /^src\/client\/([^/]+\/)?[^/]+\.ts$/;

/** Bytes, gzipped: of what a page loads with itself, and of all. */
type Size = [first: number, all: number];
/** The names that an app imports, by entry; `*`: all of them. */
type Imports = Partial<Record<keyof typeof ENTRIES, string[] | "*">>;
interface Way {
  imports: Imports;
  /** The most that it may be. Right above what it is, so that a change of some bytes is seen. */
  most: Record<keyof typeof BUNDLERS, Size>;
  /** The most that it is to be one day, at first and in all. */
  goal?: [first: number, all?: number];
}

const HOOKS = ["TracingProvider", "useTracing", "useTracedFetch", "useMessageStreaming"];

/** The imports that docs/browser-library.md shows, and all that there is. Langfuse's SDK for scores alone has 7.9 KB. */
const WAYS: Way[] = [
  {
    imports: { client: ["LangfuseProxy"] },
    most: { esbuild: [4096, 5460], rolldown: [4010, 5360] },
    goal: [4096],
  },
  {
    imports: { client: ["LangfuseProxy"], chat: ["tracedFetch"] },
    most: { esbuild: [7780, 19_745], rolldown: [7565, 19_250] },
    goal: [7680, 9216],
  },
  {
    imports: { react: HOOKS },
    most: { esbuild: [9480, 21_070], rolldown: [8540, 20_225] },
  },
  {
    imports: { client: "*" },
    most: { esbuild: [4525, 5885], rolldown: [4425, 5775] },
    goal: [4096],
  },
  {
    imports: { client: "*", chat: "*" },
    most: { esbuild: [8360, 20_325], rolldown: [8145, 19_830] },
    goal: [7680, 9216],
  },
  { imports: { react: "*" }, most: { esbuild: [14_255, 25_845], rolldown: [13_790, 25_125] } },
  { imports: { errors: "*" }, most: { esbuild: [3290, 3290], rolldown: [3225, 3225] } },
  { imports: { experiments: "*" }, most: { esbuild: [1255, 1255], rolldown: [1245, 1245] } },
  { imports: { feedback: "*" }, most: { esbuild: [2265, 2265], rolldown: [2235, 2235] } },
  { imports: { offline: "*" }, most: { esbuild: [1245, 1245], rolldown: [1225, 1225] } },
];

const NAME_WIDTH = 50;
const SIZES_WIDTH = 34;
const problems: string[] = [];

// Not Node's zlib: it is made for speed, and finds less.
const gzipped = (code: string): number => execFileSync("gzip", ["-9"], { input: code }).length;

function sizeOf(chunks: Chunk[]): Size {
  const first = new Set(chunks.filter(({ isEntry }) => isEntry).map(({ file }) => file));
  for (const file of first) {
    const { imports = [] } = chunks.find((chunk) => chunk.file === file) ?? {};
    for (const path of imports) first.add(path);
  }
  const sum = (some: Chunk[]): number => some.reduce((total, { code }) => total + gzipped(code), 0);
  return [sum(chunks.filter(({ file }) => first.has(file))), sum(chunks)];
}

const braced = (names: string[] | "*"): string => (names === "*" ? "*" : `{ ${names.join(", ")} }`);

/** `locate`: the path of an entry's module. */
const appOf = (imports: Imports, locate: (entry: keyof typeof ENTRIES) => string): string =>
  Object.entries(imports)
    .map(([entry, names]) => {
      const path = locate(entry as keyof typeof ENTRIES);
      return `export ${braced(names)} from ${JSON.stringify(path)};`;
    })
    .join("\n");

/** The limit is told beside the size, and that it is exceeded as a problem. */
function compared([first, all]: Size, most: Size, name: string): string {
  if (first > most[0] || all > most[1]) {
    problems.push(`${name} is larger than ${most.join(" at first, ")} in all`);
  }
  return `${`${first}, ${all}`.padEnd(13)} of ${most.join(", ")}`;
}

async function measure({ imports, most, goal }: Way, folder: string): Promise<void> {
  const packed = (entry: keyof typeof ENTRIES): string =>
    `./${relative("src", ENTRIES[entry]).replace(/\.ts$/, ".js")}`;
  const name = Object.entries(imports)
    .map(([entry, names]) => `/${entry} ${names === HOOKS ? "{ its hooks }" : braced(names)}`)
    .join(", ");
  const row = [name.padEnd(NAME_WIDTH)];
  for (const [bundler, bundle] of Object.entries(BUNDLERS)) {
    const size = sizeOf(await bundle(appOf(imports, packed), folder));
    row.push(
      compared(size, most[bundler as keyof typeof BUNDLERS], `${name} by ${bundler}`).padEnd(
        SIZES_WIDTH,
      ),
    );
  }
  console.log(row.join("") + (goal ? `goal ${goal.join(", in all ")}` : ""));
}

/** Of what only some pages use, nothing is in an app that imports the hooks of turns alone. */
async function checkUnused(): Promise<void> {
  const EXTRAS = /^src\/client\/(errors|react\/(feedback|use|error))/;
  const { metafile } = await build({
    stdin: {
      contents: appOf({ react: HOOKS }, (entry) => `./${ENTRIES[entry]}`),
      resolveDir: ".",
    },
    outdir: "/out",
    bundle: true,
    splitting: true,
    format: "esm",
    external: ["react"],
    metafile: true,
    write: false,
  });
  const used = Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([path, { bytesInOutput }]) => bytesInOutput > 0 && EXTRAS.test(path))
    .map(([path]) => path);
  if (used.length > 0) problems.push(`the hooks drag along ${used.join(", ")}`);
}

/** The one file for a script tag. */
async function scriptTag(): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [SCRIPT_TAG],
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  console.log("langfuse-edge.js".padEnd(NAME_WIDTH) + gzipped(outputFiles[0]?.text ?? ""));
}

const folder = mkdtempSync(join(tmpdir(), "langfuse-edge-package-"));
try {
  // It says that no module has side effects.
  copyFileSync("package.json", join(folder, "package.json"));
  const modules = await buildLibrary(folder);
  const strangers = modules.filter((path) => !ALLOWED.test(path));
  if (strangers.length > 0) problems.push(`the library must not have ${strangers.join(", ")}`);
  console.log("Bytes, gzipped, that a page loads at first and in all, of at most:\n");
  console.log(
    "".padEnd(NAME_WIDTH) +
      Object.keys(BUNDLERS)
        .map((name) => name.padEnd(SIZES_WIDTH))
        .join(""),
  );
  for (const way of WAYS) await measure(way, folder);
  await scriptTag();
  await checkUnused();
} finally {
  rmSync(folder, { recursive: true });
}
if (problems.length > 0) throw new Error(problems.join("; "));
