// Makes `dist/worker`: the Worker for whoever writes one of their own (`langfuse-edge/worker`), and as the main module
// of a wrangler.toml or a workerd of theirs (`edge.js`). Each is one file that needs nothing but the platform.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { PRODUCTION, WORKER } from "./entries.ts";
import { jsSpecifiers } from "./js-specifiers.ts";
import { packagedConfig } from "./packaged-config.ts";
import { buildWorker } from "./worker.ts";

const FOLDER = "dist/worker";
const TYPES = "dist/worker-types";
/** All that the entry's types name. */
const PUBLISHED_TYPES = ["worker/index", "worker/types", "hooks/types", "hooks/verdicts"];

for (const folder of [FOLDER, "dist/hooks", TYPES])
  rmSync(folder, { recursive: true, force: true });
await buildWorker(WORKER, `${FOLDER}/index.js`);
await buildWorker(PRODUCTION, `${FOLDER}/edge.js`);
// Only what a runtime may call: `createEdge` is no entrypoint.
writeFileSync(
  `${FOLDER}/edge.d.ts`,
  'export { default, LiveHub, ProjectHealth, ProjectMetrics, Session } from "./index.js";\n',
);
writeFileSync(`${FOLDER}/wrangler.toml`, packagedConfig(readFileSync("wrangler.toml", "utf8")));
execFileSync("tsc", ["--project", "src/publish/tsconfig.worker.json"], { stdio: "inherit" });
for (const name of PUBLISHED_TYPES) {
  const [folder = ""] = name.split("/");
  mkdirSync(`dist/${folder}`, { recursive: true });
  const types = readFileSync(`${TYPES}/${name}.d.ts`, "utf8");
  writeFileSync(`dist/${name}.d.ts`, jsSpecifiers(types));
}
cpSync(`${TYPES}/protocol/change.d.ts`, "dist/protocol/change.d.ts");
rmSync(TYPES, { recursive: true });
