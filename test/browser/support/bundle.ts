import { readdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const FOLDER = join(import.meta.dirname, "../pages");

export type PageName = "chat";

/** One page's script, bundled as an app's would be. */
export async function bundlePage(name: PageName): Promise<string> {
  const file = readdirSync(FOLDER).find((one) => one.startsWith(`${name}.ts`)) ?? name;
  const { outputFiles } = await build({
    entryPoints: [join(FOLDER, file)],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    // React is strict only there.
    define: { "process.env.NODE_ENV": '"development"' },
  });
  return outputFiles[0]?.text ?? "";
}
