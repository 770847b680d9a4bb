// One trace over two halves: the browser's through the edge, the backend's by the official SDK,
// straight to the same Langfuse.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { chatBackend, type ChatRequest } from "../support/official-sdk-backend.ts";
import type { Loopback } from "../support/loopback.ts";
import { type OfficialSdk, officialSdk } from "../support/official-sdk.ts";
import { keyVars, post } from "../support/post.ts";
import { rootsOf, treeOf } from "../support/read-span-tree.ts";
import {
  attributesOf,
  type RecordingLangfuse,
  recordingLangfuse,
  type WireSpan,
} from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";

const ASSISTANT = "Claude Assistant";
const BACKEND = `backend-assistant-${ASSISTANT}`;
const SESSION = "session-7, the long one";
const USER = "ada@example.com";
const CALL = "frontend-backend-api-call";

let langfuse: RecordingLangfuse;
let edge: RunningEdge;
let sdk: OfficialSdk;
let backend: Loopback;
beforeAll(async () => {
  langfuse = await recordingLangfuse();
  edge = await startEdge({ vars: keyVars(langfuse.url) });
  sdk = officialSdk({ baseUrl: langfuse.url });
  backend = await chatBackend();
});
afterAll(async () => {
  await backend.close();
  await sdk.stop();
  await edge.stop();
  await langfuse.close();
});

const question = { question: "Where is the cheese?", assistant_name: ASSISTANT };

describe("a backend joins what a browser began", () => {
  it("by traceparent and baggage", async () => {
    const spans = await chat(async ({ langfuseTraceId, traceparent }) => {
      await ask(question, { traceparent, baggage: baggage(langfuseTraceId) });
    });
    expectOneTrace(spans, { below: CALL });
  });

  it("by trace_id alone, below the root, as the seed's Python does", async () => {
    const spans = await chat(({ traceId }) =>
      ask({ ...question, trace_id: traceId, session_id: SESSION, user_id: USER }),
    );
    expectOneTrace(spans, { below: ASSISTANT });
  });

  it("by trace_id and the browser's own id of the call", async () => {
    const joint = { session_id: SESSION, user_id: USER, parent_id: "call" };
    const spans = await chat(({ traceId }) => ask({ ...question, ...joint, trace_id: traceId }));
    expectOneTrace(spans, { below: CALL });
  });
});

it("shows a second root where the baggage does not claim the trace", async () => {
  const spans = await chat(({ traceparent }) => ask(question, { traceparent }));
  expect(rootsOf(spans).toSorted()).toEqual([ASSISTANT, BACKEND].toSorted());
});

let turns = 0;

interface Begun {
  traceId: string;
  langfuseTraceId: string;
  /** Of the call's span. */
  traceparent: string;
}

/** The browser's half around what it asks the backend; all spans of both halves. */
async function chat(askBackend: (begun: Begun) => Promise<void>): Promise<WireSpan[]> {
  turns += 1;
  const traceId = `ui2-167123456789${turns}-abc123`;
  const wide = { name: ASSISTANT, sessionId: SESSION, userId: USER };
  await tell("create_trace", { traceId, ...wide, input: "Where is the cheese?" });
  await tell("create_span", { traceId, spanId: "ui", name: "frontend-ui-processing" });
  await tell("end_span", { traceId, spanId: "ui" });
  const call = await tell("create_span", { traceId, spanId: "call", name: CALL });
  const before = langfuse.spans().length;
  await askBackend({
    traceId: String(call["traceId"]),
    langfuseTraceId: String(call["langfuseTraceId"]),
    traceparent: String(call["traceparent"]),
  });
  await tell("end_span", { traceId, spanId: "call" });
  await tell("end_trace", { traceId, output: "In the cellar." });
  await sdk.flush();
  return until(() => {
    const spans = langfuse.spans().slice(before);
    return spans.length >= 5 && spans;
  });
}

async function tell(action: string, data: object): Promise<Record<string, unknown>> {
  const { status, body } = await post(edge.url, { action, data });
  expect({ action, status, body }).toMatchObject({ status: 200, body: { success: true } });
  return body;
}

async function ask(body: ChatRequest, headers: Record<string, string> = {}): Promise<void> {
  const response = await fetch(`${backend.url}/chat`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  expect({ status: response.status, text: await response.text() }).toEqual({
    status: 200,
    text: "In the cellar.",
  });
}

/** W3C baggage: values are percent-encoded. */
function baggage(langfuseTraceId: string): string {
  const entries = {
    langfuse_trace_id: langfuseTraceId,
    langfuse_session_id: SESSION,
    langfuse_user_id: USER,
    langfuse_trace_name: ASSISTANT,
  };
  return Object.entries(entries)
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join(",");
}

function expectOneTrace(spans: WireSpan[], backendSpan: { below: string }): void {
  expect(treeOf(spans)).toEqual({
    [ASSISTANT]: undefined,
    "frontend-ui-processing": ASSISTANT,
    [CALL]: ASSISTANT,
    [BACKEND]: backendSpan.below,
    "llm-call": BACKEND,
  });
  expect(rootsOf(spans)).toEqual([ASSISTANT]);
  expect(spans).toHaveLength(5);
  for (const span of spans) {
    expect(attributesOf(span), span.name).toMatchObject({
      "session.id": SESSION,
      "user.id": USER,
      "langfuse.trace.name": ASSISTANT,
    });
  }
  const sources = spans.map((span) => [
    span.name,
    attributesOf(span)["langfuse.observation.metadata.source"],
  ]);
  expect(Object.fromEntries(sources)).toMatchObject({
    [BACKEND]: "backend-api",
    [CALL]: "frontend-proxy",
  });
}
