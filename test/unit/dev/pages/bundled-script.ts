import { build } from "esbuild";
import { PAGE_SCRIPTS } from "../../../../src/dev/pages/page-scripts.ts";

/** A page's script by the path under which it is served, all of its modules in one text. */
export async function bundledScript(path: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [PAGE_SCRIPTS[path] ?? ""],
    bundle: true,
    write: false,
    format: "iife",
    logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
}
