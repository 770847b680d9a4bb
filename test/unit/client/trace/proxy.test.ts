import { expect, test, vi } from "vitest";
import { ownerTag } from "../../../../src/client/trace/ids.ts";
import {
  createUserInteractionTrace,
  langfuseTraceId,
  LangfuseProxy,
  LatencyTracker,
  traceparent,
} from "../../../../src/client/index.ts";
import { fakeEdge, kept, status } from "../fake-edge.ts";
import { eachAtItsTime, pass } from "./proxy-under-test.ts";

eachAtItsTime();

test("each flat call is the action of the contract", async () => {
  const edge = fakeEdge(kept);
  const proxy = new LangfuseProxy({ fetch: edge.fetch, userId: "ada" });
  const [traceId, spanId, generationId] = ["t1", "s1", "g1"];
  void proxy.createTrace({ traceId, name: "Bot" });
  void proxy.updateTrace({ traceId, tags: ["x"] });
  void proxy.createSpan({ traceId, spanId, name: "a" });
  void proxy.updateSpan({ traceId, spanId, metadata: { a: 1 } });
  void proxy.endSpan({ traceId, spanId });
  void proxy.createGeneration({ traceId, generationId, model: "m" });
  void proxy.updateGeneration({ traceId, generationId });
  void proxy.endGeneration({ traceId, generationId, output: "o" });
  void proxy.createEvent({ traceId, eventId: "e1" });
  void proxy.score({ traceId, name: "thumb", value: 1, scoreId: "sc1" });
  void proxy.endTrace({ traceId });
  await pass();
  expect(edge.actions().map(({ action, data }) => [action, data])).toEqual([
    ["create_trace", { traceId, name: "Bot", userId: "ada" }],
    ["update_trace", { traceId, tags: ["x"] }],
    ["create_span", { traceId, spanId, name: "a" }],
    ["update_span", { traceId, spanId, metadata: { a: 1 } }],
    ["end_span", { traceId, spanId }],
    ["create_generation", { traceId, generationId, model: "m" }],
    ["update_generation", { traceId, generationId }],
    ["end_generation", { traceId, generationId, output: "o" }],
    ["create_event", { traceId, eventId: "e1" }],
    ["create_score", { traceId, name: "thumb", value: 1, scoreId: "sc1" }],
    ["end_trace", { traceId }],
  ]);
});

test("ids that are missing are made here, and told even when nobody answers", async () => {
  const edge = fakeEdge(() => new Promise(() => {}));
  const proxy = new LangfuseProxy({ fetch: edge.fetch });
  const answers = [
    proxy.createTrace({}),
    proxy.createSpan({ traceId: "t1" }),
    proxy.score({ traceId: "t1", name: "n", value: 1 }),
  ];
  await pass(5000);
  const [trace, span, score] = await Promise.all(answers);
  expect(trace?.traceId).toMatch(/^ui2-1790000000000-[0-9a-f]{16}$/);
  expect(span?.spanId).toMatch(/^[0-9a-f]{16}$/);
  expect(score?.scoreId).toMatch(/^[0-9a-f]{16}$/);
  expect(edge.actions().map(({ data }) => data["traceId"])).toEqual([trace?.traceId, "t1", "t1"]);
});

test("handles hang their children under themselves", async () => {
  const edge = fakeEdge(kept);
  const proxy = new LangfuseProxy({ fetch: edge.fetch });
  const trace = proxy.trace({ name: "Bot" });
  const span = trace.span({ name: "outer" });
  const generation = span.generation({ id: "00000000000000aa", name: "inner" });
  generation.event({ name: "tick" });
  void generation.score({ name: "good", value: true });
  void generation.end({ output: "o" });
  void span.end();
  void trace.end({ output: "all" });
  await pass();
  const { traceId } = trace;
  expect(edge.actions().map(({ action, data }) => [action, data])).toMatchObject([
    ["create_trace", { traceId, name: "Bot" }],
    ["create_span", { traceId, spanId: span.id, name: "outer" }],
    ["create_generation", { traceId, generationId: generation.id, parentObservationId: span.id }],
    ["create_event", { traceId, parentObservationId: generation.id }],
    ["create_score", { traceId, observationId: generation.id, value: true }],
    ["end_generation", { traceId, observationId: generation.id, output: "o" }],
    ["end_span", { traceId, observationId: span.id }],
    ["end_trace", { traceId, output: "all" }],
  ]);
  expect(edge.actions()[1]?.data).not.toHaveProperty("parentObservationId");
  const langfuse = langfuseTraceId(traceId);
  expect(generation.traceparent).toBe(`00-${langfuse}-00000000000000aa-01`);
  expect(trace.traceparent).toBe(traceparent(langfuse));
});

test("with a token, handles have their owner's tag; the edge gives it to what comes without", async () => {
  const edge = fakeEdge(kept);
  const proxy = new LangfuseProxy({
    fetch: edge.fetch,
    token: "jwt",
    publicKey: "pk-lf-1",
    userId: "ada",
  });
  const tag = ownerTag("pk-lf-1", "user:ada");
  const trace = proxy.trace({ traceId: "mine" });
  expect(trace.traceId).toBe(`mine.${tag}`);
  expect(proxy.joinTrace(`mine.${tag}`).traceId).toBe(`mine.${tag}`);
  await pass();
  expect(edge.actions()[0]?.data["traceId"]).toBe("mine");
  expect(edge.sent[0]?.headers["authorization"]).toBe("Bearer jwt");
});

test("without a token the public key is sent, and ids stand as they are", async () => {
  const edge = fakeEdge(kept);
  const proxy = new LangfuseProxy({ fetch: edge.fetch, publicKey: "pk-lf-1", userId: "ada" });
  void proxy.createTrace({ traceId: "mine" });
  await pass();
  expect(edge.sent[0]?.headers["authorization"]).toBe("Bearer pk-lf-1");
  expect(edge.actions()[0]?.data["traceId"]).toBe("mine");
});

test("without a session the page has one of its own, and keeps it", async () => {
  const edge = fakeEdge(kept);
  const proxy = new LangfuseProxy({ fetch: edge.fetch });
  void proxy.createTrace({});
  await pass();
  void proxy.createTrace({});
  await pass();
  expect(edge.sent[0]?.sessionId).toMatch(/^ui2-[0-9a-f]{16}$/);
  expect(edge.sent[1]?.sessionId).toBe(edge.sent[0]?.sessionId);
});

test("debug says what the troubleshooting shows", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  const edge = fakeEdge(kept, status(404));
  const proxy = new LangfuseProxy({ fetch: edge.fetch, debug: true, publicKey: "pk-lf-1" });
  void proxy.createTrace({ traceId: "ui2-1671234567890-abc123" });
  void proxy.createSpan({ traceId: "t1", spanId: "a", name: "frontend-ui-processing" });
  await pass();
  void proxy.createTrace({ traceId: "t2" });
  await pass();
  const lines = log.mock.calls.map((line) =>
    line.filter((part) => typeof part === "string").join(" "),
  );
  expect(log.mock.calls[0]).toEqual([
    "Langfuse Enhanced client using server-side proxy:",
    {
      environment: "server",
      baseUrl: "/api/langfuse/trace",
      publicKeyConfigured: true,
      usingProxy: true,
    },
  ]);
  expect(lines).toContain("Creating span via proxy: frontend-ui-processing");
  expect(lines).toContain("Created new langfuse trace via proxy: ui2-1671234567890-abc123");
  expect(lines.some((line) => line.startsWith("Span created via proxy:"))).toBe(true);
  expect(lines.some((line) => line.startsWith("Failed to create trace via proxy"))).toBe(true);
});

test("health is the edge's word, or that it cannot be reached", async () => {
  const told = { status: "healthy", langfuse_configured: true };
  const healthy = new LangfuseProxy({ fetch: async () => Response.json(told) });
  expect(await healthy.health()).toEqual(told);
  const away = new LangfuseProxy({ fetch: () => Promise.reject(new TypeError("x")) });
  expect(await away.health()).toEqual({ status: "unreachable" });
});

test("a user interaction has the parameters and the metadata that were agreed on", async () => {
  const edge = fakeEdge(kept);
  const proxy = new LangfuseProxy({ fetch: edge.fetch });
  void createUserInteractionTrace(
    {
      traceId: "ui2-1-a",
      sessionId: "s1",
      userId: "u1",
      userEmail: "ada@example.com",
      assistantId: "asst_1",
      assistantName: "Research Assistant",
      message: "Hello",
    },
    proxy,
  );
  await pass();
  expect(edge.actions()[0]).toMatchObject({
    action: "create_trace",
    data: {
      traceId: "ui2-1-a",
      name: "Research Assistant",
      sessionId: "s1",
      userId: "ada@example.com",
      metadata: {
        assistantId: "asst_1",
        assistantName: "Research Assistant",
        messageLength: 5,
        selectedItemsCount: 0,
        source: "frontend-click",
        timestamp: "2026-09-21T14:13:20.000Z",
        environment: "server",
      },
      input: { message: "Hello" },
    },
  });
});

test("a user interaction tells nothing else that its app has at hand", async () => {
  const edge = fakeEdge(kept);
  const user = { userId: "u1", phone: "+49 30 1234567" };
  const assistant = { assistantId: "asst_1", assistantName: "Research Assistant" };
  const given = { ...user, ...assistant, traceId: "ui2-1-a", sessionId: "s1", message: "Hello" };
  void createUserInteractionTrace(given, new LangfuseProxy({ fetch: edge.fetch }));
  await pass();
  expect(JSON.stringify(edge.actions())).not.toContain("phone");
});

test("latencies are milliseconds since the click, to a tenth, and the first mark stays", () => {
  const latency = new LatencyTracker(10);
  vi.advanceTimersByTime(5);
  latency.mark("trace_created");
  vi.advanceTimersByTime(100);
  latency.mark("trace_created");
  latency.mark("pre_api_flush");
  expect(latency.measure("frontend_processing", "trace_created", "pre_api_flush")).toBe(100);
  expect(latency.measure("nothing", "trace_created", "never")).toBeNaN();
  expect(latency.latencies).toMatchObject({
    trace_created: 15,
    pre_api_flush: 115,
    frontend_processing: 100,
  });
});
