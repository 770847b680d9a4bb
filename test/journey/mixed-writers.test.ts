// One trace by three writers, each as it is: a page on actions, a backend on `@langfuse/otel`, and an old service on
// `langfuse` 3.39. One tree, one session, one root; and `@langfuse/client` beside them.
import { LangfuseClient } from "@langfuse/client";
import { propagateAttributes, startActiveObservation } from "@langfuse/tracing";
import { context, propagation, ROOT_CONTEXT } from "@opentelemetry/api";
import { Langfuse } from "langfuse";
import { afterAll, beforeAll, expect, it } from "vitest";
import { langfuseTraceId } from "../../src/protocol/ids.ts";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { type OfficialSdk, officialSdk } from "../support/official-sdk.ts";
import { basic, KEYS, keyVars, post } from "../support/post.ts";
import { PROMPT } from "../support/prompt.ts";
import { rootsOf, treeOf } from "../support/read-span-tree.ts";
import {
  attributesOf,
  type RecordingLangfuse,
  recordingLangfuse,
} from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";

const SESSION = "chat-7";

let langfuse: RecordingLangfuse;
let edge: RunningEdge;
let sdk: OfficialSdk;
beforeAll(async () => {
  langfuse = await recordingLangfuse();
  langfuse.behave(({ path }) => {
    if (path !== "/api/public/v2/prompts/cellar") return "ok";
    const headers = { "content-type": "application/json" };
    return { status: 200, body: JSON.stringify(PROMPT), headers };
  });
  edge = await startEdge({
    vars: {
      ...keyVars(langfuse.url),
      AUTH: "token",
      AUTH_TOKEN_SECRET: "a-secret-of-the-mixed-writers-0123456789",
      ALLOWED_ORIGINS: "https://app.example.com",
      TRACE_IDLE_SECONDS: "2",
      LANGFUSE_FLUSH_INTERVAL: "1",
    },
  });
  sdk = officialSdk({ baseUrl: edge.url });
});
afterAll(async () => {
  await sdk.stop();
  await edge.stop();
  await langfuse.close();
});

/** What the page says, with its token. */
async function page(): Promise<(action: string, data: object) => Promise<Record<string, unknown>>> {
  const response = await fetch(`${edge.url}/api/langfuse/token`, {
    method: "POST",
    headers: { authorization: basic(), "content-type": "application/json" },
    body: JSON.stringify({ sessionId: SESSION, userId: "ada" }),
  });
  const { token } = await response.json<{ token: string }>();
  const headers = { authorization: `Bearer ${token}`, origin: "https://app.example.com" };
  return async (action, data) => {
    const { status, body } = await post(edge.url, { action, data }, headers);
    expect({ action, status }).toEqual({ action, status: 200 });
    return body;
  };
}

it("a page, a new backend and an old service write one trace", async () => {
  const tell = await page();
  const begun = await tell("create_trace", {
    traceId: "ui2-1671234567890-mixed",
    name: "Claude Assistant",
    input: "Where is the cheese?",
  });
  const traceId = String(begun["traceId"]);
  const call = await tell("create_span", { traceId, spanId: "call", name: "call" });
  const id = langfuseTraceId(traceId);

  // The backend has the page's headers.
  const headers = {
    traceparent: String(call["traceparent"]),
    baggage: `langfuse_trace_id=${id},langfuse_session_id=${SESSION},langfuse_user_id=ada`,
  };
  const joined = propagation.extract(ROOT_CONTEXT, headers);
  await context.with(joined, () =>
    propagateAttributes({ sessionId: SESSION, userId: "ada" }, () =>
      startActiveObservation("backend", async (span) => {
        span.update({ input: "cheese", output: "cellar" });
      }),
    ),
  );
  await sdk.flush();

  // The old service only knows the trace's id.
  const old = new Langfuse({ ...KEYS, baseUrl: edge.url, flushAt: 1 });
  const trace = old.trace({ id: traceId, name: "old-service", sessionId: SESSION });
  trace.generation({ name: "old-llm", model: "gpt-4o", output: "cellar" }).end();
  trace.score({ name: "old-score", value: 1 });
  await old.shutdownAsync();

  // The newest client scores it, and reads a prompt.
  const client = new LangfuseClient({ ...KEYS, baseUrl: edge.url });
  const prompt = await client.prompt.get("cellar", { cacheTtlSeconds: 0 });
  expect(prompt.compile({ what: "cheese" })).toBe("Where is the cheese?");
  client.score.create({ id: "new-score", traceId: id, name: "liked", value: 1 });
  await client.flush();
  await client.shutdown();

  await tell("end_span", { traceId, spanId: "call" });
  await tell("end_trace", { traceId, output: "In the cellar." });

  const spans = await until(() => {
    const those = langfuse.spans().filter((span) => span.traceId === id);
    return those.length >= 5 && langfuse.scores().length >= 2 && those;
  });
  expect(treeOf(spans)).toEqual({
    "Claude Assistant": undefined,
    call: "Claude Assistant",
    backend: "call",
    "old-service": "Claude Assistant",
    "old-llm": expect.stringMatching(/Claude Assistant|old-service/) as string,
  });
  expect(rootsOf(spans)).toEqual(["Claude Assistant"]);
  for (const span of spans) expect(attributesOf(span)["session.id"]).toBe(SESSION);
  const scored = new Set(
    langfuse.scores().map(({ traceId: of, name }) => `${String(name)} ${String(of)}`),
  );
  expect(scored).toEqual(new Set([`old-score ${id}`, `liked ${id}`]));
});
