// What the browser library costs a page: each entry as an app's bundler would make it, and that
// nothing but the library is in it.
import { execFileSync } from "node:child_process";
import { build } from "esbuild";
import { ENTRIES, SCRIPT_TAG } from "../../src/publish/entries.ts";

const ALLOWED = /^src\/client\/([^/]+\/)?[^/]+\.ts$/;

/** Most bytes, minified and gzipped; Langfuse's own browser SDK, for scores only, has 7.9 KB. */
const MEASURED: { name: string; parts: string[]; most?: number }[] = [
  { name: "/client", parts: [ENTRIES.client], most: 4864 },
  { name: "/client + /chat", parts: [ENTRIES.client, ENTRIES.chat], most: 11_264 },
  { name: "/offline", parts: [ENTRIES.offline] },
  { name: "/react (and what it needs)", parts: [ENTRIES.react] },
  { name: "langfuse-edge.js", parts: [SCRIPT_TAG] },
];

async function measure(parts: readonly string[]) {
  const contents = parts.map((path) => `export * from "./${path}";`).join("\n");
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: ".", loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    external: ["react"],
    metafile: true,
    write: false,
    logLevel: "error",
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  const modules = Object.keys(metafile.inputs).filter((path) => path !== "<stdin>");
  // Not Node's zlib: it is made for speed, and finds less.
  const gzipped = execFileSync("gzip", ["-9"], { input: code }).length;
  return { modules, bytes: code.length, gzipped };
}

const problems: string[] = [];
for (const { name, parts, most } of MEASURED) {
  const { modules, bytes, gzipped } = await measure(parts);
  const limit = most === undefined ? "" : ` of ${most}`;
  console.log(`${name.padEnd(28)}${`${bytes}`.padStart(7)} bytes, ${gzipped}${limit} gzipped`);
  if (gzipped > (most ?? Infinity)) problems.push(`${name} is too large`);
  const strangers = modules.filter((path) => !ALLOWED.test(path));
  if (strangers.length > 0) problems.push(`${name} must not have ${strangers.join(", ")}`);
  if (!parts.every((path) => modules.includes(path))) problems.push(`${name} is something else`);
}
if (problems.length > 0) throw new Error(problems.join("; "));
