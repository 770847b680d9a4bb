import { join, resolve } from "node:path";
import { build } from "esbuild";
import { ENTRIES, TARGET } from "../../../src/publish/entries.ts";

const FOLDER = join(import.meta.dirname, "../pages");

/** By the file that it is made of. */
const PAGES = {
  chat: "chat.ts",
  "script-tag": "chat.ts",
  openai: "openai.ts",
  react: "react.tsx",
  "react-18": "react.tsx",
  "ai-sdk": "ai-sdk.tsx",
  "react-chat": "react-chat.tsx",
  "react-chat-18": "react-chat.tsx",
};
export type PageName = keyof typeof PAGES;

/** The library by the names that its users import, out of its sources. */
const LIBRARY = Object.fromEntries(
  Object.entries(ENTRIES).map(([name, path]) => [`langfuse-edge/${name}`, resolve(path)]),
);

/** The same names where the library comes by a script tag. */
const GLOBAL = Object.fromEntries(
  Object.keys(LIBRARY).map((name) => [name, join(FOLDER, "from-script-tag.ts")]),
);
const REACT_18 = { react: "react-18", "react-dom": "react-dom-18" };

/** One page's script, bundled as an app's would be. */
export async function bundlePage(name: PageName): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(FOLDER, PAGES[name])],
    bundle: true,
    write: false,
    format: "esm",
    target: TARGET,
    alias: {
      ...(name === "script-tag" ? GLOBAL : LIBRARY),
      ...(name.endsWith("-18") && REACT_18),
    },
    jsx: "automatic",
    // React is strict only there.
    define: { "process.env.NODE_ENV": '"development"' },
  });
  return outputFiles[0]?.text ?? "";
}
