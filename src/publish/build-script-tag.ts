// Makes `dist/assets`, what Cloudflare serves beside the Worker, without calling it: the library for a
// script tag, open to pages of any origin. wrangler runs this before it starts or deploys the Worker.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { SCRIPT_TAG, TARGET } from "./entries.ts";

const FOLDER = "dist/assets";
/** The name stays while the file changes with a deploy: so it is asked for again soon. */
const HEADERS = `/langfuse-edge.js
  Access-Control-Allow-Origin: *
  Cross-Origin-Resource-Policy: cross-origin
  X-Content-Type-Options: nosniff
  Cache-Control: public, max-age=3600, stale-while-revalidate=86400
`;

mkdirSync(FOLDER, { recursive: true });
const { outputFiles } = await build({
  entryPoints: [SCRIPT_TAG],
  globalName: "LangfuseEdge",
  format: "iife",
  bundle: true,
  minify: true,
  target: TARGET,
  write: false,
  logLevel: "warning",
});
put("langfuse-edge.js", outputFiles[0]?.contents ?? "");
put("_headers", HEADERS);

/** At once, since two builds may run side by side. */
function put(name: string, contents: string | Uint8Array): void {
  const unfinished = `dist/${name}.${process.pid}`;
  writeFileSync(unfinished, contents);
  renameSync(unfinished, `${FOLDER}/${name}`);
}
