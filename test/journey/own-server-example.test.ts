// The documented route of one's own server, as it stands there, between the browser library and the edge.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { extras } from "../../src/client/extras/load-extras.ts";
import { LangfuseProxy } from "../../src/client/index.ts";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { KEYS, keyVars } from "../support/post.ts";
import {
  attributesOf,
  type RecordingLangfuse,
  recordingLangfuse,
} from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";

type Route = (request: Request) => Promise<Response>;

let langfuse: RecordingLangfuse;
let edge: RunningEdge;
let url: string;
const seen: { encoding: string | undefined; status: number; body: unknown }[] = [];
const server = createServer();

beforeAll(async () => {
  // What compresses: a request that comes before it is there goes as it is.
  await extras.load();
  langfuse = await recordingLangfuse();
  edge = await startEdge({ vars: keyVars(langfuse.url) });
  vi.stubEnv("LANGFUSE_PUBLIC_KEY", KEYS.publicKey);
  vi.stubEnv("LANGFUSE_SECRET_KEY", KEYS.secretKey);
  vi.stubEnv("EDGE_URL", edge.url);
  const route = await exampleRoute();
  const listener = getRequestListener(async (request) => {
    const encoding = request.headers.get("content-encoding") ?? undefined;
    const answer = await route(request);
    const body: unknown = await answer.clone().json();
    seen.push({ encoding, status: answer.status, body });
    return answer;
  });
  server.on("request", (request, response) => void listener(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  vi.unstubAllEnvs();
  await edge.stop();
  await langfuse.close();
});

async function exampleRoute(): Promise<Route> {
  const section = readFileSync("docs/security.md", "utf8").split("## By your own server")[1] ?? "";
  const [, code = ""] = /```ts\n([\s\S]*?)\n```/.exec(section) ?? [];
  const { code: script } = await transform(code, { loader: "ts" });
  const module = (await import(`data:text/javascript,${encodeURIComponent(script)}`)) as {
    POST: Route;
  };
  return module.POST;
}

describe("a route of one's own server", () => {
  test.each([10, 5_000, 20_000, 300_000])(
    "passes an answer of %i characters on",
    async (length) => {
      seen.length = 0;
      const output = `Ω${"a long answer. ".repeat(length / 15 + 1)}`.slice(0, length);
      const proxy = new LangfuseProxy({ endpoint: url, flushMs: 0 });
      const trace = proxy.trace({ name: `answer of ${length}` });
      void trace.end({ output });
      await proxy.flush();
      const span = await until(() =>
        langfuse.spans().find(({ name }) => name === `answer of ${length}`),
      );
      expect(attributesOf(span)).toMatchObject({ "langfuse.observation.output": output });
      // What is long came compressed: else this would show nothing.
      expect(new Set(seen.map(({ status }) => status))).toEqual(new Set([200]));
      expect(seen.some(({ encoding }) => encoding === "gzip")).toBe(length > 15_000);
    },
  );

  test("gives back what the edge says, of a refusal too", async () => {
    const answer = await fetch(url, { method: "POST", body: "{", headers: {} });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([400, "application/json"]);
    expect(await answer.json()).toMatchObject({ error: { code: "invalid_json" } });
  });
});
