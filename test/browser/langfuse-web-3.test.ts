// `LangfuseWeb` 3.39 in Chromium, unchanged but for its base URL: a page of an allowed origin scores with the public
// key alone, through the production edge, as it does at Langfuse itself.
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { langfuseObservationId, langfuseTraceId } from "../../src/protocol/ids.ts";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { KEYS, keyVars } from "../support/post.ts";
import { type RecordingLangfuse, recordingLangfuse } from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";
import { launchChromium } from "./support/chromium.ts";
import { serve, type Served } from "./support/serve.ts";

let langfuse: RecordingLangfuse;
let site: Served;
let stranger: Served;
let edge: RunningEdge;
let browser: Browser;

const APP = `
import { LangfuseWeb } from "langfuse";
globalThis.score = async (baseUrl, publicKey, body) => {
  const errors = [];
  const client = new LangfuseWeb({ baseUrl, publicKey, fetchRetryCount: 0 });
  client.on("warning", (error) => errors.push(String(error)));
  await client.score(body);
  return errors;
};`;

beforeAll(async () => {
  const stdin = { contents: APP, resolveDir: import.meta.dirname };
  const { outputFiles } = await build({ stdin, bundle: true, write: false, format: "iife" });
  const page = `<!doctype html><script>${outputFiles[0]?.text ?? ""}</script>`;
  [site, stranger] = (await Promise.all(
    [0, 1].map(() =>
      serve((_request, response) => {
        response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page);
      }),
    ),
  )) as [Served, Served];
  langfuse = await recordingLangfuse();
  const soon = { TRACE_IDLE_SECONDS: "1", LANGFUSE_FLUSH_INTERVAL: "0.5" };
  edge = await startEdge({
    vars: { ...keyVars(langfuse.url), ...soon, ALLOWED_ORIGINS: site.url },
  });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await edge.stop();
  await langfuse.close();
  await site.close();
  await stranger.close();
});

type Score = (baseUrl: string, publicKey: string, body: object) => Promise<string[]>;

async function scoreFrom(origin: string, body: object): Promise<string[]> {
  const page = await browser.newPage();
  await page.goto(origin);
  const errors = await page.evaluate(
    ([url, key, its]) => (globalThis as unknown as { score: Score }).score(url, key, its),
    [edge.url, KEYS.publicKey, body] as const,
  );
  await page.close();
  return errors;
}

it("scores a trace, and an observation in it", async () => {
  const body = { id: "web-1", traceId: "ui2-1-web", observationId: "o", name: "liked", value: 1 };
  expect(await scoreFrom(site.url, body)).toEqual([]);
  const [score] = await until(() => langfuse.scores().length > 0 && langfuse.scores());
  const trace = langfuseTraceId("ui2-1-web");
  expect(score).toMatchObject({
    id: "web-1",
    traceId: trace,
    observationId: langfuseObservationId(trace, "o"),
    name: "liked",
    value: 1,
  });
});

it("of another origin is not let in", async () => {
  const errors = await scoreFrom(stranger.url, { id: "no", traceId: "t", name: "n", value: 1 });
  expect(errors).not.toEqual([]);
  expect(langfuse.scores().filter(({ id }) => id === "no")).toEqual([]);
});
