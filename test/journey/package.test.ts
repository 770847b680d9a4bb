// The published package as an app has it: packed, unpacked somewhere else, without a network.
import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Script } from "node:vm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageProblems } from "../support/package-contents.ts";

let app: string;
let files: string[];
beforeAll(() => {
  app = mkdtempSync(join(tmpdir(), "langfuse-edge-app-"));
  const args = ["pack", "--json", "--offline", "--pack-destination", app];
  const told = execFileSync("npm", args, { encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] });
  const json = told.slice(told.search(/^[[{]/m));
  const [packed] = Object.values(JSON.parse(json) as Record<string, Packed>);
  if (packed === undefined) throw new Error("nothing was packed");
  files = packed.files.map(({ path }) => path);
  const installed = join(app, "node_modules", "langfuse-edge");
  mkdirSync(join(app, "node_modules", "@types"), { recursive: true });
  mkdirSync(installed);
  const archive = join(app, packed.filename);
  execFileSync("tar", ["-xzf", archive, "-C", installed, "--strip-components=1"]);
  mkdirSync(join(app, "node_modules", "@ai-sdk"));
  for (const name of ["react", "@types/react", "csstype", "ai", "@ai-sdk/react", "openai"]) {
    symlinkSync(resolve("node_modules", name), join(app, "node_modules", name));
  }
  writeFileSync(join(app, "package.json"), '{"type":"module"}');
  writeFileSync(join(app, "app.tsx"), APP);
});
afterAll(() => rmSync(app, { recursive: true, force: true }));

interface Packed {
  filename: string;
  files: { path: string }[];
}

const APP = `
import { LangfuseProxy, type ClientOptions, type TraceHandle } from "langfuse-edge/client";
import { tracedFetch, traceChat, type TurnOptions } from "langfuse-edge/chat";
import { offlineQueue } from "langfuse-edge/offline";
import { TracingProvider, useMessageStreaming, useTracedFetch } from "langfuse-edge/react";

const options: ClientOptions = { publicKey: "pk-lf-1", offline: offlineQueue() };
const client = new LangfuseProxy(options);
const trace: TraceHandle = client.trace({ name: "Bot", level: "WARNING" });
const turn: TurnOptions = { client, trace, assistantName: "Bot" };
export const send: typeof fetch = tracedFetch(turn);
export const traceparent: string = traceChat(turn).trace.traceparent;
// @ts-expect-error -- an option that does not exist
new LangfuseProxy({ endpont: "/x" });
// @ts-expect-error -- no level of Langfuse
client.trace({ level: "LOUD" });

function Chat() {
  const { text, send, stop } = useMessageStreaming({ assistantName: "Bot" });
  const fetch: typeof globalThis.fetch = useTracedFetch();
  const ask = () => send("Hi", (turn, signal) => turn.fetch("/api", { method: "POST", signal }));
  // @ts-expect-error -- text is a string
  const wrong: number = text;
  return <p onClick={() => void ask().then(() => [stop(), fetch, wrong])}>{text}</p>;
}
export const page = (
  <TracingProvider client={client}>
    <Chat />
  </TracingProvider>
);
// @ts-expect-error -- children are what React renders
export const wrong = <TracingProvider>{{ a: 1 }}</TracingProvider>;
`;

const SERVER = `
import { createToken, readTrace, type SessionToken, variant } from "langfuse-edge/server";
import { LangfuseProxy } from "langfuse-edge";

export const token: Promise<SessionToken> = createToken({ sessionId: "chat-7" });
export const tone: "a" | "b" = variant("tone", ["a", "b"], { id: 7 });
export const trace: string | undefined = readTrace(new Headers())?.traceId;
export const client = new LangfuseProxy({ publicKey: "pk-lf-1" });
// @ts-expect-error -- a session is needed
createToken({ userId: "ada" });
`;

test("has the library, its types and the docs in it, and nothing else", () => {
  expect(packageProblems(files)).toEqual([]);
  for (const path of files.filter((path) => path.startsWith("dist/"))) {
    const text = readFileSync(join(app, "node_modules/langfuse-edge", path), "utf8");
    expect(text).not.toMatch(/(from |import\()"\.[^"]*\.ts"/);
  }
  const own = readFileSync(join(app, "node_modules/langfuse-edge/package.json"), "utf8");
  const { dependencies, peerDependencies } = JSON.parse(own) as Record<string, object | undefined>;
  expect({ dependencies, peerDependencies }).toEqual({
    dependencies: undefined,
    peerDependencies: { react: "^18.0.0 || ^19.0.0" },
  });
});

/** What the compiler says of the app's files. */
function complaints(files: string[], options: Record<string, unknown>): string {
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    target: "es2022",
    lib: ["es2022", "dom", "dom.iterable"],
    jsx: "react-jsx",
    types: [],
    ...options,
  };
  const project = join(app, `tsconfig.${files[0]}.${String(options["moduleResolution"])}.json`);
  writeFileSync(project, JSON.stringify({ compilerOptions, files }));
  try {
    return execFileSync("tsc", ["--project", project], { encoding: "utf8" });
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout);
  }
}

test.each([
  ["bundler", "esnext"],
  ["nodenext", "nodenext"],
])("type-checks in an app with moduleResolution %s", (moduleResolution, module) => {
  const options = { moduleResolution, module, skipLibCheck: false };
  expect(complaints(["app.tsx"], options)).toBe("");
});

test("type-checks in a Worker of one's own, and in a backend without anything of a page", () => {
  const types = join(app, "node_modules", "@cloudflare");
  mkdirSync(types, { recursive: true });
  symlinkSync(resolve("node_modules/@cloudflare/workers-types"), join(types, "workers-types"));
  cpSync("examples/own-worker/worker.ts", join(app, "worker.ts"));
  const options = { moduleResolution: "bundler", module: "esnext", lib: ["es2024"] };
  const worker = { ...options, target: "es2024", types: ["@cloudflare/workers-types"] };
  expect(complaints(["worker.ts"], worker)).toBe("");
  writeFileSync(join(app, "server.ts"), SERVER);
  const bare = { ...options, target: "es2024", skipLibCheck: true, types: ["node"] };
  symlinkSync(resolve("node_modules/@types/node"), join(app, "node_modules/@types/node"));
  symlinkSync(resolve("node_modules/undici-types"), join(app, "node_modules/undici-types"));
  expect(complaints(["server.ts"], bare)).toBe("");
});

test("is what the examples of the docs take it for", () => {
  const page = readFileSync("docs/browser-library.md", "utf8");
  const examples = [...page.matchAll(/^```tsx?$(.*?)^```$/gms)].map(([, code = ""]) => code);
  expect(examples.length).toBeGreaterThan(4);
  const files = examples.map((code, i) => {
    writeFileSync(join(app, `example-${i}.tsx`), code);
    return `example-${i}.tsx`;
  });
  const options = { moduleResolution: "bundler", module: "esnext", skipLibCheck: true };
  expect(complaints(files, options)).toBe("");
  const scripts = [...page.matchAll(/<script>(.*?)<\/script>/gs)].map(([, code = ""]) => code);
  expect(scripts).toHaveLength(1);
  for (const script of scripts) expect(() => new Script(script)).not.toThrow();
});

test("runs in Node as ES modules, where there is no page", () => {
  const main = `
    const names = ["client", "chat", "offline", "react", "server"];
    const entries = await Promise.all(names.map((name) => import("langfuse-edge/" + name)));
    const { LangfuseProxy } = entries[0];
    const sent = [];
    const client = new LangfuseProxy({ fetch: async (url, init) => {
      sent.push(init.body);
      return Response.json({ results: [{ success: true }, { success: true }] });
    } });
    client.trace({ name: "Bot" });
    const { success } = await client.flush();
    console.log(JSON.stringify([entries.map((entry) => Object.keys(entry)), success]));`;
  const args = ["--input-type=module", "--eval", main];
  const [names, success] = JSON.parse(
    execFileSync("node", args, { cwd: app, encoding: "utf8" }),
  ) as [string[][], boolean];
  expect(success).toBe(true);
  expect(names[0]).toEqual(expect.arrayContaining(["LangfuseProxy", "LatencyTracker"]));
  expect(names.slice(1)).toEqual([
    ["traceChat", "tracedFetch"],
    ["offlineQueue"],
    [
      "Feedback",
      "TracingErrorBoundary",
      "TracingProvider",
      "useErrorTracking",
      "useFeedback",
      "useMessageStreaming",
      "useTracedFetch",
      "useTracing",
    ],
    expect.arrayContaining(["createToken", "inTrace", "readTrace", "signToken", "variant"]),
  ]);
});
