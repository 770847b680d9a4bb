// Makes `dist/assets`, what Cloudflare serves beside the Worker, without calling it: the library for a
// script tag, open to pages of any origin, and what language models may know of it. wrangler runs this
// before it starts or deploys the Worker.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { DASHBOARD_FILES, DASHBOARD_HEADERS } from "../dashboard/pages.ts";
import { SCRIPT_TAG, TARGET } from "./entries.ts";
import { servedLlms } from "./served-llms.ts";

const FOLDER = "dist/assets";
/** A name stays while its file changes with a deploy: so it is asked for again soon. */
const OPEN_HEADERS = {
  "Access-Control-Allow-Origin": "*",
  "Cross-Origin-Resource-Policy": "cross-origin",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "public, max-age=3600, stale-while-revalidate=86400",
};
const rule = (path: string, headers: Readonly<Record<string, string>>): string => {
  const lines = Object.entries(headers).map(([name, value]) => `  ${name}: ${value}\n`);
  return `${path}\n${lines.join("")}`;
};
const HEADERS = [
  ...["/langfuse-edge.js", "/llms.txt"].map((path) => rule(path, OPEN_HEADERS)),
  ...Object.values(DASHBOARD_FILES).map((path) => rule(path, DASHBOARD_HEADERS)),
].join("\n");

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
const { repository } = JSON.parse(readFileSync("package.json", "utf8")) as { repository?: unknown };
put("llms.txt", servedLlms(readFileSync("llms.txt", "utf8"), repository));
put("_headers", HEADERS);

/** At once, since two builds may run side by side. */
function put(name: string, contents: string | Uint8Array): void {
  const unfinished = `dist/${name}.${process.pid}`;
  writeFileSync(unfinished, contents);
  renameSync(unfinished, `${FOLDER}/${name}`);
}
