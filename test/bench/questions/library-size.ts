import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { exactly, question } from "../question.ts";

/** What an app has to import to trace a page with it: a file each. */
const APPS: Record<string, string> = {
  "langfuse-edge, client": "edge-client",
  "langfuse-edge, client and chat": "edge-chat",
  "langfuse (LangfuseWeb)": "langfuse-web",
  "OpenTelemetry web and OTLP": "opentelemetry",
  "Sentry browser": "sentry",
  "Grafana Faro": "faro",
};
const OURS = "langfuse-edge, client and chat";

/** KB, minified and gzipped, by app. */
type Raw = Record<string, number>;

export const librarySize = question<Raw>({
  name: "library-size",
  question: "What the browser library adds to a page, beside others",
  goal: "the smallest",
  meaning:
    "Each library's smallest useful import, bundled, minified and gzipped by one esbuild run. They do not do the same: Sentry and Faro watch a whole page, and of these only LangfuseWeb and ours speak of chat turns. `@langfuse/browser` is not in the registry. A bundle of yours that holds parts of them already (say, OpenTelemetry's API) grows by less.",
  async run() {
    const sizes = await Promise.all(
      Object.entries(APPS).map(async ([name, file]) => [name, await sizeOf(file)]),
    );
    return Object.fromEntries(sizes) as Raw;
  },
  figures: (sizes) => {
    const others = Object.entries(sizes).filter(([name]) => !name.startsWith("langfuse-edge"));
    const smallest = Math.min(...others.map(([, kb]) => kb));
    const ours = sizes[OURS] ?? 0;
    return [
      exactly("client and chat, to the smallest other", ours / smallest, "×", { atMost: 1 }),
      ...Object.entries(sizes).map(([name, kb]) => exactly(name, kb, "KB")),
    ];
  },
  chart: (sizes) => ({
    title: "The browser library, KB minified and gzipped (shorter is better)",
    bars: Object.entries(sizes).map(([label, kb]) => ({
      label,
      value: kb,
      text: `${kb.toFixed(1)} KB`,
      ...(label === OURS && { ours: true as const }),
    })),
  }),
});

async function sizeOf(file: string): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [`test/bench/library/apps/${file}.ts`],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "error",
  });
  return gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length / 1024;
}
