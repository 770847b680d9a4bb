// Where the package has what is served: beside the command's own file, `dist/cli/main.js`.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { StaticFile } from "../host/static-files.ts";
import { staticFiles } from "../runtime/static-headers.ts";
import type { WorkerConfig } from "../runtime/worker-config.ts";
import { ServeError } from "../serve-error.ts";

export interface PackageFiles {
  /** Files of the modules, by name, the main one first. */
  modules: Record<string, string>;
  assets: string;
  config: WorkerConfig;
  /** By path. */
  files: Record<string, StaticFile>;
}

/** @param command path of the command's file */
export function packageFiles(command: string): PackageFiles {
  const dist = join(dirname(command), "..");
  const [worker, assets] = [join(dist, "worker"), join(dist, "assets")];
  const [host, config] = [join(dist, "serve/host.js"), join(dist, "serve/bindings.json")];
  for (const file of [host, config, join(worker, "edge.js"), assets]) {
    if (existsSync(file)) continue;
    throw new ServeError("start", `${file} is missing: install the package again`);
  }
  const edge = readFileSync(join(worker, "edge.js"), "utf8");
  const imported = readdirSync(worker).filter((name) => edge.includes(`"./${name}"`));
  return {
    modules: {
      "host.js": host,
      ...Object.fromEntries(["edge.js", ...imported].map((name) => [name, join(worker, name)])),
    },
    assets,
    config: JSON.parse(readFileSync(config, "utf8")) as WorkerConfig,
    files: filesIn(assets),
  };
}

function filesIn(folder: string): Record<string, StaticFile> {
  const headers = join(folder, "_headers");
  const below = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const names = below.filter((name) => statSync(join(folder, name)).isFile());
  return staticFiles(names, existsSync(headers) ? readFileSync(headers, "utf8") : "");
}
