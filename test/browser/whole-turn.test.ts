// One chat turn in a real Chromium, through the real edge: from the click to the last chunk.
import { afterAll, beforeAll, expect, it } from "vitest";
import { langfuseTraceId, rootObservationId } from "../../src/protocol/ids.ts";
import { openAiAnswer } from "./support/chat-backend.ts";
import { findings, observationOf, traceArrived, treeOf } from "./support/sink.ts";
import { startWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const TREE = [
  "Research Assistant",
  "  frontend-ui-processing",
  "  frontend-backend-api-call",
  "  streaming-response",
];
const WORDS = Array.from({ length: 40 }, (_, n) => `word ${n} `);

it("arrives as the seed's tree, with every metric of its list", async () => {
  const { gate, backend, edge } = world;
  backend.answer({ ...openAiAnswer(WORDS), pauseMs: 8, holdAt: 38 });
  const { page, trouble } = await world.openChat({
    by: "traceChat",
    client: { sessionId: "chat-7", userId: "ada@example.com" },
    turn: {
      assistantName: "Research Assistant",
      assistantId: "asst_123456",
      metadata: { selectedItemsCount: 2 },
    },
  });
  await page.fill("input", "What is an edge?");
  await page.click("button");
  // The edge has answered the flush, and progress goes along with whatever goes out.
  await page.waitForFunction(() => chat.turns[0]?.latency.latencies["post_api_flush_success"]);
  await page.waitForSelector("li:has-text('word 37')");
  await page.evaluate(() => chat.langfuse.flush());
  backend.release();
  await page.waitForSelector("li[data-state=done]");

  const trace = await traceArrived(edge.url, "chat-7");
  expect(treeOf(trace)).toEqual(TREE);
  const root = observationOf(trace, "Research Assistant");
  const ui = observationOf(trace, "frontend-ui-processing");
  const call = observationOf(trace, "frontend-backend-api-call");
  const streaming = observationOf(trace, "streaming-response");

  expect(root).toMatchObject({
    id: rootObservationId(trace.id),
    input: '{"message":"What is an edge?"}',
    output: WORDS.join(""),
    metadata: { source: "frontend-click", environment: "browser" },
  });
  const { latencies, clientTraceId } = {
    latencies: root.metadata["latencies"] as Record<string, number>,
    clientTraceId: root.metadata["langfuse_edge_trace_id"] as string,
  };
  expect(clientTraceId).toMatch(/^ui2-\d{13}-[\da-f]{16}$/);
  expect(trace.id).toBe(langfuseTraceId(clientTraceId));
  const milestones = [
    "trace_created",
    "firestore_save_started",
    "pre_api_flush",
    "first_backend_response",
    "first_chunk_received",
    "streaming_complete",
  ].map((name) => latencies[name]);
  expect(milestones).toEqual(milestones.map(() => expect.any(Number)));
  expect(milestones.toSorted((a = 0, b = 0) => a - b)).toEqual(milestones);
  const between = (from: string, to: string): unknown =>
    expect.closeTo((latencies[to] ?? NaN) - (latencies[from] ?? NaN), 0);
  expect(latencies).toMatchObject({
    frontend_processing: between("trace_created", "pre_api_flush"),
    proxy_flush: between("pre_api_flush", "post_api_flush_success"),
    network: between("pre_api_flush", "first_backend_response"),
    time_to_first_token: between("pre_api_flush", "first_chunk_received"),
    streaming: between("first_chunk_received", "streaming_complete"),
  });

  // The page saves the message for 20 ms before it calls.
  expect(ui.latencyMs).toBeGreaterThanOrEqual(19);
  expect(call.startTime).toBeGreaterThanOrEqual(ui.endTime);
  expect(call.output).toBe('{"status":200}');
  expect(streaming).toMatchObject({
    type: "generation",
    model: "gpt-5-mini",
    usage: { input: 5, output: 40, total: 45 },
    input: "What is an edge?",
    output: WORDS.join(""),
  });
  expect(streaming.timeToFirstTokenMs).toBeGreaterThanOrEqual(call.latencyMs);
  const { chunkCount, chunksPerSecond, totalMs } = streaming.metadata;
  expect(Number(chunkCount)).toBe(await page.evaluate(() => chat.shown[0]?.chunks));
  expect(Math.abs(Number(totalMs) - streaming.latencyMs)).toBeLessThanOrEqual(2);
  expect(Number(chunksPerSecond)).toBeCloseTo((1000 * Number(chunkCount)) / Number(totalMs), 0);

  const progress = gate.seen
    .flatMap(({ actions }) => actions)
    .filter(({ action, data }) => action === "update_generation" && "metadata" in data)
    .map(({ data }) => (data["metadata"] as { chunkCount: number }).chunkCount);
  expect(progress[0]).toBe(10);

  for (const { observation } of trace.nodes) {
    expect(observation).toMatchObject({
      sessionId: "chat-7",
      userId: "ada@example.com",
      traceName: "Research Assistant",
      level: "DEFAULT",
      metadata: { source: observation === root ? "frontend-click" : "frontend-proxy" },
      traceMetadata: {
        assistantName: "Research Assistant",
        assistantId: "asst_123456",
        messageLength: "16",
        selectedItemsCount: "2",
      },
    });
  }

  const [asked] = backend.asked;
  expect(asked?.headers).toMatchObject({
    traceparent: `00-${trace.id}-${call.id}-01`,
    "x-langfuse-trace-id": trace.id,
    baggage: expect.stringContaining(`langfuse_trace_id=${trace.id}`) as string,
  });
  expect(JSON.parse(asked?.body ?? "")).toMatchObject({
    trace_id: clientTraceId,
    parent_span_id: call.id,
    session_id: "chat-7",
  });
  expect(await findings(edge.url)).toEqual([]);
  expect(trouble).toEqual([]);
});

it("is the same tree by a fetch that stands in for the page's own", async () => {
  world.backend.answer(openAiAnswer(["It ", "is."]));
  const { page, trouble } = await world.openChat({
    client: { sessionId: "chat-8" },
    turn: { assistantName: "Research Assistant" },
  });
  const { text } = await page.evaluate(() => chat.send("What is it?"));
  expect(text).toContain('"content":"is."');
  const trace = await traceArrived(world.edge.url, "chat-8");
  expect(treeOf(trace)).toEqual(TREE);
  expect(observationOf(trace, "Research Assistant")).toMatchObject({
    input: "What is it?",
    output: "It is.",
  });
  expect(trouble).toEqual([]);
});

it("arrives whole also with a picture of 1 MB in it: its type and size, the rest as it was", async () => {
  const { edge, backend } = world;
  backend.answer(openAiAnswer(["A ", "cat."]));
  const { page, trouble } = await world.openChat({
    client: { sessionId: "picture" },
    turn: { assistantName: "Research Assistant" },
  });
  await page.evaluate(async () => {
    const url = `data:image/png;base64,${"iVBO".repeat(350_000)}`;
    const content = [
      { type: "text", text: "What is this?" },
      { type: "image_url", image_url: { url } },
    ];
    const body = JSON.stringify({ model: "gpt-5", messages: [{ role: "user", content }] });
    // As a Request, whose body can be read only once.
    const response = await chat.traced(new Request("/api/chat", { method: "POST", body }));
    await response.text();
  });
  const trace = await traceArrived(edge.url, "picture");
  expect(treeOf(trace)).toEqual(TREE);
  for (const name of ["Research Assistant", "streaming-response"]) {
    const { input, output, level, metadata } = observationOf(trace, name);
    expect(JSON.parse(input ?? "")).toEqual([
      { type: "text", text: "What is this?" },
      { type: "image_url", image_url: { url: '{"type":"image/png","bytes":1050000}' } },
    ]);
    expect({ output, level, outcome: metadata["outcome"] }).toEqual({
      output: "A cat.",
      level: "DEFAULT",
      outcome: "completed",
    });
  }
  expect(backend.asked.at(-1)?.body.length).toBeGreaterThan(1_400_000);
  expect(await page.evaluate(() => chat.drops)).toEqual([]);
  expect(trouble).toEqual([]);
});
