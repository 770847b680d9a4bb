// The seed's flow, posted literally: single actions, as its code sends them.
import { afterAll, beforeAll, expect, it } from "vitest";
import { langfuseTraceId, rootObservationId } from "../../src/protocol/ids.ts";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { keyVars, post, seedTurn } from "../support/post.ts";
import {
  attributesOf,
  type RecordingLangfuse,
  recordingLangfuse,
} from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";

let langfuse: RecordingLangfuse;
let edge: RunningEdge;
beforeAll(async () => {
  langfuse = await recordingLangfuse();
  edge = await startEdge({ vars: keyVars(langfuse.url) });
});
afterAll(async () => {
  await edge.stop();
  await langfuse.close();
});

it("arrives as the tree that the seed shows, in one request, with every promise kept", async () => {
  const traceId = "ui2-1671234567890-abc123";
  for (const step of seedTurn(traceId, "session-1")) {
    const { status, body } = await post(edge.url, step);
    expect({ status, success: body["success"] }).toEqual({ status: 200, success: true });
    if (step.action !== "flush") expect(body["traceId"]).toBe(traceId);
  }
  const spans = await until(() => langfuse.spans().length === 4 && langfuse.spans());
  const id = langfuseTraceId(traceId);
  expect(id).toBe("b2da82a90f74a406596bb57639b0bd19");
  const root = rootObservationId(id);
  expect(new Map(spans.map(({ name, parentSpanId }) => [name, parentSpanId]))).toEqual(
    new Map([
      ["Claude Assistant", undefined],
      ["frontend-ui-processing", root],
      ["frontend-backend-api-call", root],
      ["streaming-response", root],
    ]),
  );
  for (const span of spans) {
    expect(span.traceId).toBe(id);
    expect(attributesOf(span)).toMatchObject({
      "session.id": "session-1",
      "user.id": "ada@example.com",
      "langfuse.trace.name": "Claude Assistant",
      "langfuse.trace.metadata.assistantId": "asst_123456",
    });
  }
  const named = (name: string) => {
    const span = spans.find((one) => one.name === name);
    if (span === undefined) throw new Error(`no span ${name}`);
    return attributesOf(span);
  };
  expect(named("Claude Assistant")).toMatchObject({
    "langfuse.internal.is_app_root": true,
    "langfuse.observation.input": '{"message":"hello"}',
    "langfuse.observation.output": "hi there",
    "langfuse.observation.metadata.source": "frontend-click",
    "langfuse.observation.metadata.latencies": '{"trace_created":1.2}',
  });
  expect(named("streaming-response")).toMatchObject({
    "langfuse.observation.type": "generation",
    "langfuse.observation.model.name": "claude-sonnet",
    "langfuse.observation.usage_details": '{"input":3,"output":7,"total":10}',
    "langfuse.observation.metadata.source": "frontend-proxy",
  });
  expect(langfuse.requests).toHaveLength(1);
  expect(langfuse.requests[0]).toMatchObject({
    path: "/api/public/otel/v1/traces",
    headers: { "x-langfuse-ingestion-version": "4" },
  });
});
