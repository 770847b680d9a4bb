import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { ENTRIES, TARGET } from "../../../src/publish/entries.ts";

const FOLDER = join(import.meta.dirname, "../pages");

export type PageName = "chat";

/** The library by the names that its users import, out of its sources. */
const LIBRARY = Object.fromEntries(
  Object.entries(ENTRIES).map(([name, path]) => [`langfuse-edge/${name}`, resolve(path)]),
);

/** One page's script, bundled as an app's would be. */
export async function bundlePage(name: PageName): Promise<string> {
  const file = readdirSync(FOLDER).find((one) => one.startsWith(`${name}.ts`)) ?? name;
  const { outputFiles } = await build({
    entryPoints: [join(FOLDER, file)],
    bundle: true,
    write: false,
    format: "esm",
    target: TARGET,
    alias: LIBRARY,
    jsx: "automatic",
    // React is strict only there.
    define: { "process.env.NODE_ENV": '"development"' },
  });
  return outputFiles[0]?.text ?? "";
}
