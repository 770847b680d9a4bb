// The bundlers of apps, as they make chunks of what an app imports: esbuild (tsup, Angular, Bun's kin) and rolldown
// (Vite 8), each with its own minifier.
import { join } from "node:path";
import { build } from "esbuild";
import { rolldown } from "rolldown";

export interface Chunk {
  file: string;
  code: string;
  isEntry: boolean;
  /** The files of the chunks that are loaded with it. */
  imports: string[];
}

/**
 * `source`: the text of the app's module, in this folder. A chunk's name, and with it some bytes of whoever imports it,
 * depends on the paths in it: so they are relative ones.
 */
export type Bundler = (source: string, folder: string) => Promise<Chunk[]>;

const EXTERNAL = "react";

export const BUNDLERS = {
  esbuild: async (source, folder) => {
    const { outputFiles, metafile } = await build({
      stdin: { contents: source, resolveDir: folder },
      absWorkingDir: folder,
      outdir: "out",
      bundle: true,
      splitting: true,
      minify: true,
      format: "esm",
      external: [EXTERNAL],
      metafile: true,
      write: false,
      logLevel: "error",
    });
    return Object.entries(metafile.outputs).map(([file, { entryPoint, imports }]) => ({
      file,
      code: outputFiles.find(({ path }) => path.endsWith(file))?.text ?? "",
      isEntry: entryPoint === "<stdin>",
      imports: imports
        .filter(({ kind, external }) => kind === "import-statement" && !external)
        .map(({ path }) => path),
    }));
  },
  rolldown: async (source, folder) => {
    const app = join(folder, "app.js");
    const bundle = await rolldown({
      cwd: folder,
      input: app,
      external: [EXTERNAL],
      logLevel: "silent",
      plugins: [
        {
          name: "app",
          resolveId: (id) => (id === app ? id : null),
          load: (id) => (id === app ? source : null),
        },
      ],
    });
    const { output } = await bundle.generate({ format: "esm", minify: true });
    await bundle.close();
    return output
      .filter((one) => one.type === "chunk")
      .map(({ fileName, code, isEntry, imports }) => ({ file: fileName, code, isEntry, imports }));
  },
} satisfies Record<string, Bundler>;
