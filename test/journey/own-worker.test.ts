// A Worker of one's own around the built package: the example's route, and its filters on every path by which
// something comes in.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WORKER } from "../../src/publish/entries.ts";
import { buildWorker } from "../../src/publish/worker.ts";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { basic, keyVars, post } from "../support/post.ts";
import {
  attributesOf,
  type RecordingLangfuse,
  recordingLangfuse,
} from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";

const TOKEN_SECRET = "own-worker-token-secret-0123456789-0123456789";

let langfuse: RecordingLangfuse;
let edge: RunningEdge;
beforeAll(async () => {
  langfuse = await recordingLangfuse();
  const token = { AUTH: "token", AUTH_TOKEN_SECRET: TOKEN_SECRET };
  const vars = { ...keyVars(langfuse.url), ...token, TRACE_IDLE_SECONDS: "1" };
  edge = await startEdge({ vars, built: await bundled("examples/own-worker/worker.ts") });
});
afterAll(async () => {
  await edge.stop();
  await langfuse.close();
});

/** As wrangler bundles it, with the package's Worker as it is built. */
async function bundled(entry: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "langfuse-edge-own-"));
  try {
    const worker = join(folder, "worker.js");
    await buildWorker(WORKER, worker);
    const { outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: "esm",
      target: "es2024",
      external: ["cloudflare:*", "node:*"],
      alias: { "langfuse-edge/worker": worker },
    });
    return outputFiles[0]?.text ?? "";
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const asked = async (path: string): Promise<Record<string, unknown>> => {
  const response = await fetch(edge.url + path, { headers: { authorization: basic() } });
  return response.json<Record<string, unknown>>();
};

async function tokenOf(userId: string, sessionId: string): Promise<Record<string, string>> {
  const response = await fetch(`${edge.url}/api/langfuse/token`, {
    method: "POST",
    headers: { authorization: basic(), "content-type": "application/json" },
    body: JSON.stringify({ sessionId, userId }),
  });
  const { token } = await response.json<{ token: string }>();
  return { authorization: `Bearer ${token}` };
}

const turn = (traceId: string, input: string) => ({
  actions: [
    { action: "create_trace", data: { traceId, name: "Bot", input } },
    { action: "create_span", data: { traceId, spanId: "s", name: "ask", input } },
    { action: "end_span", data: { traceId, spanId: "s", output: input } },
    { action: "end_trace", data: { traceId } },
  ],
});

const inputsOf = (name: string): unknown[] =>
  langfuse
    .spans()
    .filter((span) => span.name === name)
    .map((span) => attributesOf(span)["langfuse.observation.input"]);

test("has a route of its own beside the edge's", async () => {
  expect(await asked("/ready")).toEqual({ ready: true });
  expect(await asked("/api/langfuse/trace")).toMatchObject({ status: "healthy" });
  expect(await asked("/nowhere")).toMatchObject({ error: { code: "not_found" } });
});

test("filters what is stored, whichever path it came by", async () => {
  const secret = "I am EMP-123456";
  const { status } = await post(edge.url, turn("ui2-1-own", secret));
  expect(status).toBe(200);
  const time = String(BigInt(Date.now()) * 1_000_000n);
  const span = {
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    name: "otel",
    startTimeUnixNano: time,
    endTimeUnixNano: time,
    attributes: [{ key: "langfuse.observation.input", value: { stringValue: secret } }],
  };
  const exported = await fetch(`${edge.url}/api/public/otel/v1/traces`, {
    method: "POST",
    headers: { authorization: basic(), "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
  });
  expect(exported.status).toBe(200);
  const body = { id: "old-1", name: "old", input: secret, timestamp: new Date().toISOString() };
  const batch = [{ id: "event-1", type: "trace-create", timestamp: body.timestamp, body }];
  const older = await fetch(`${edge.url}/api/public/ingestion`, {
    method: "POST",
    headers: { authorization: basic(), "content-type": "application/json" },
    body: JSON.stringify({ batch }),
  });
  expect(await older.json()).toMatchObject({ errors: [] });
  const names = ["Bot", "ask", "otel", "old"];
  await until(() => names.every((name) => inputsOf(name).length === 1));
  for (const name of names) expect(inputsOf(name)).toEqual(["I am [employee]"]);
  expect(JSON.stringify(langfuse.requests)).not.toContain("123456");
  for (const one of langfuse.spans()) {
    expect(attributesOf(one)["langfuse.observation.metadata.region"]).toBe("eu");
  }
});

test("drops with a counted reason, refuses by name, and the client is told", async () => {
  const tester = await tokenOf("eva@test.example.com", "chat-t");
  const { status, body } = await post(edge.url, turn("ui2-2-own", "hello"), tester);
  expect([status, body["accepted"]]).toEqual([200, 4]);
  const page = await tokenOf("ada@example.com", "chat-a");
  const score = (name: string) => ({
    action: "create_score",
    data: { traceId: "t", name, value: 1 },
  });
  const refused = await post(edge.url, { actions: [score("rude"), score("liked")] }, page);
  expect(refused.status).toBe(207);
  expect(refused.body["results"]).toMatchObject([
    { success: false, error: { code: "refused_by_hook", retryable: false } },
    { success: true },
  ]);
  const totals = await until(async () => {
    const { totals, balance } = (await asked("/api/langfuse/outcomes")) as {
      totals: { dropped: Record<string, number>; pending: number };
      balance: number;
    };
    const isDone = totals.dropped["hook:test_user"] === 4 && totals.pending === 0;
    return isDone && { totals, balance };
  });
  expect(totals.balance).toBe(0);
  expect(langfuse.spans().filter(({ name }) => name === "ask")).toHaveLength(1);
});
