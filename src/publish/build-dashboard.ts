// Makes the dashboard's page, script and style in `dist/assets`, beside the library. wrangler runs this before it
// starts or deploys the Worker.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { build } from "esbuild";
import { markBuild } from "../dashboard/build-mark.ts";
import { DASHBOARD_STYLE } from "../dashboard/look/style.ts";
import { DASHBOARD, TARGET } from "./entries.ts";

const FOLDER = "dist/assets";
const MARK_LENGTH = 16;

const { outputFiles } = await build({
  entryPoints: [DASHBOARD.script],
  bundle: true,
  minify: true,
  format: "esm",
  target: TARGET,
  // The package says that no module does anything by being loaded; of the library that is so, of usable-locale.ts not.
  ignoreAnnotations: true,
  write: false,
  logLevel: "warning",
});
const charts = createRequire(import.meta.url).resolve("uplot/dist/uPlot.min.css");
const style = `${readFileSync(charts, "utf8")}${DASHBOARD_STYLE}`.replaceAll(/\n\s*/g, "\n");
const script = outputFiles[0]?.text ?? "";
const page = readFileSync(DASHBOARD.page, "utf8");
const digest = createHash("sha256").update(`${page}\n${style}\n${script}`).digest("hex");
put("dashboard.html", markBuild(page, digest.slice(0, MARK_LENGTH)));
put("dashboard/app.js", script);
put("dashboard/style.css", style);

/** At once, since two builds may run side by side. */
function put(path: string, contents: string | Uint8Array): void {
  const unfinished = `dist/${path.replaceAll("/", "-")}.${process.pid}`;
  mkdirSync(dirname(`${FOLDER}/${path}`), { recursive: true });
  writeFileSync(unfinished, contents);
  renameSync(unfinished, `${FOLDER}/${path}`);
}
