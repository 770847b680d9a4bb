import { join, resolve } from "node:path";
import { build } from "esbuild";
import { ENTRIES, TARGET } from "../../../src/publish/entries.ts";

const FOLDER = join(import.meta.dirname, "../pages");

/** By the file that it is made of. */
const PAGES = {
  chat: "chat.ts",
  "script-tag": "chat.ts",
  openai: "openai.ts",
  opentelemetry: "opentelemetry.ts",
  react: "react.tsx",
  "react-18": "react.tsx",
  "ai-sdk": "ai-sdk.tsx",
  "ai-sdk-tools-5": "ai-sdk-tools.tsx",
  "ai-sdk-tools-6": "ai-sdk-tools.tsx",
  "ai-sdk-tools-7": "ai-sdk-tools.tsx",
  anthropic: "anthropic.ts",
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

/** By the page: packages of another version than the usual one. */
const OTHERS: Partial<Record<PageName, Record<string, string>>> = {
  "react-18": REACT_18,
  "react-chat-18": REACT_18,
  "ai-sdk-tools-5": { ai: "ai-5", "@ai-sdk/react": "ai-sdk-react-5" },
  "ai-sdk-tools-6": { ai: "ai-6", "@ai-sdk/react": "ai-sdk-react-6" },
};

/** One page's script and its chunks by their paths, bundled as an app's would be. */
export async function bundlePage(name: PageName): Promise<[path: string, script: string][]> {
  const { outputFiles } = await build({
    entryPoints: [{ in: join(FOLDER, PAGES[name]), out: name }],
    outdir: "/",
    chunkNames: `${name}-[hash]`,
    bundle: true,
    splitting: true,
    write: false,
    format: "esm",
    target: TARGET,
    alias: { ...(name === "script-tag" ? GLOBAL : LIBRARY), ...OTHERS[name] },
    jsx: "automatic",
    // React is strict only there.
    define: { "process.env.NODE_ENV": '"development"' },
  });
  return outputFiles.map(({ path, text }) => [path, text]);
}
