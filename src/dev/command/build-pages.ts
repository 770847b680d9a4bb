// Makes `dist/dev-assets`, what stands beside the development Worker: all that stands beside the
// deployed one, and the scripts of the pages. wrangler runs this before it starts that Worker.
import { cpSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { build } from "esbuild";
import { TARGET } from "../../publish/entries.ts";
import { PAGE_SCRIPTS } from "../pages/page-scripts.ts";

const FOLDER = "dist/dev-assets";
const unfinished = `dist/dev-assets.${process.pid}`;

mkdirSync(unfinished, { recursive: true });
cpSync("dist/assets", unfinished, { recursive: true });
await build({
  entryPoints: Object.entries(PAGE_SCRIPTS).map(([url, source]) => ({
    in: source,
    out: url.slice(1).replace(/\.js$/, ""),
  })),
  outdir: unfinished,
  bundle: true,
  format: "iife",
  target: TARGET,
  sourcemap: "inline",
  logLevel: "warning",
});
// At once for whoever reads it, since two builds may run side by side.
mkdirSync(FOLDER, { recursive: true });
const MADE = ["pages", "dashboard", "dashboard.html", "langfuse-edge.js", "llms.txt", "_headers"];
for (const name of MADE) {
  rmSync(`${FOLDER}/${name}`, { recursive: true, force: true });
  renameSync(`${unfinished}/${name}`, `${FOLDER}/${name}`);
}
rmSync(unfinished, { recursive: true, force: true });
