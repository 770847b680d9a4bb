// What the browser library costs a page: each entry as an app's bundler would make it, and that
// nothing but the library is in it.
import { execFileSync } from "node:child_process";
import { build } from "esbuild";
import { ENTRIES, SCRIPT_TAG } from "../../src/publish/entries.ts";

const ALLOWED = /^src\/client\/([^/]+\/)?[^/]+\.ts$/;

interface Measured {
  name: string;
  parts: string[];
  /** An app imports these names alone: nothing of the rest may be in it. */
  names?: string[];
  most?: number;
}
/** Of what only some pages use. */
const EXTRAS = /^src\/client\/(errors|react\/(feedback|use|error))/;

/** Most bytes, minified and gzipped; Langfuse's own browser SDK, for scores only, has 7.9 KB. */
const MEASURED: Measured[] = [
  { name: "/client", parts: [ENTRIES.client], most: 4864 },
  { name: "/client + /chat", parts: [ENTRIES.client, ENTRIES.chat], most: 12_288 },
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

async function measure({ parts, names }: Measured) {
  const what = names === undefined ? "*" : `{ ${names.join(", ")} }`;
  const contents = parts.map((path) => `export ${what} from "./${path}";`).join("\n");
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
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
  return { modules, used, bytes: code.length, gzipped };
}

const problems: string[] = [];
for (const measured of MEASURED) {
  const { name, parts, names, most } = measured;
  const { modules, used, bytes, gzipped } = await measure(measured);
  const unused = used.filter((path) => names !== undefined && EXTRAS.test(path));
  if (unused.length > 0) problems.push(`${name} drags along ${unused.join(", ")}`);
  const limit = most === undefined ? "" : ` of ${most}`;
  console.log(`${name.padEnd(28)}${`${bytes}`.padStart(7)} bytes, ${gzipped}${limit} gzipped`);
  if (gzipped > (most ?? Infinity)) problems.push(`${name} is too large`);
  const strangers = modules.filter((path) => !ALLOWED.test(path));
  if (strangers.length > 0) problems.push(`${name} must not have ${strangers.join(", ")}`);
  if (!parts.every((path) => modules.includes(path))) problems.push(`${name} is something else`);
}
if (problems.length > 0) throw new Error(problems.join("; "));
