import { expect, test, vi } from "vitest";
import { tracedFetch, traceChat } from "../../../../src/client/chat.ts";
import { LangfuseProxy } from "../../../../src/client/index.ts";
import {
  delta,
  eachOnAPage,
  find,
  names,
  pass,
  question,
  readAll,
  traced,
  usage,
} from "./chat-under-test.ts";

eachOnAPage();

test("a turn is the tree that was agreed on, in two requests", async () => {
  const { edge, fetch } = traced([delta("Be"), delta("cause"), usage]);
  await pass(0);
  const response = await fetch("/api/chat", question);
  await pass(0);
  await readAll(response);
  await pass(0);
  expect(edge.sent).toHaveLength(2);
  expect(names(edge.sent[0]?.actions ?? [])).toEqual([
    "create_trace Research Assistant",
    "create_span frontend-ui-processing",
    "end_span",
    "create_span frontend-backend-api-call",
    "flush",
  ]);
  expect(names(edge.sent[1]?.actions ?? [])).toEqual([
    "update_trace",
    "end_span",
    "create_generation streaming-response",
    "update_generation",
    "end_generation",
    "end_trace",
    "flush",
  ]);
  const actions = edge.actions();
  expect(find(actions, "create_trace")).toMatchObject({
    sessionId: "s1",
    userId: "ada",
    metadata: { source: "frontend-click", assistantName: "Research Assistant" },
  });
  expect(find(actions, "update_trace")).toMatchObject({ input: "Why?" });
  expect(find(actions, "create_generation")).toMatchObject({ input: "Why?", model: "gpt-5-mini" });
  expect(find(actions, "update_generation")["completionStartTime"]).toBe(1_790_000_000_000);
  expect(find(actions, "end_generation")).toMatchObject({
    output: "Because",
    model: "gpt-5",
    usage: { prompt_tokens: 3, completion_tokens: 4 },
    metadata: { chunkCount: 3 },
  });
  const end = find(actions, "end_trace");
  expect(end).toMatchObject({ output: "Because" });
  expect(end).not.toHaveProperty("level");
  const { latencies } = end["metadata"] as { latencies: Record<string, number> };
  expect(Object.keys(latencies)).toEqual(
    expect.arrayContaining([
      "trace_created",
      "pre_api_flush",
      "post_api_flush_success",
      "first_backend_response",
      "first_chunk_received",
      "streaming_complete",
      "time_to_first_token",
      "proxy_flush",
    ]),
  );
});

test("an answer that takes its time is still told in two requests", async () => {
  const { edge, fetch } = traced([delta("Be"), delta("cause")]);
  const response = await fetch("/api/chat", question);
  await pass(4000);
  expect(edge.sent).toHaveLength(1);
  await readAll(response);
  await pass(0);
  expect(edge.sent).toHaveLength(2);
});

test("the stream is passed on as it comes: each chunk itself, none read ahead", async () => {
  const chunks = [delta("a"), delta("b"), delta("c")];
  const pulls: number[] = [];
  const left = [...chunks];
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        pulls.push(left.length);
        const chunk = left.shift();
        if (chunk) controller.enqueue(chunk);
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const original = new Response(body, { status: 201, statusText: "Made", headers: { "x-a": "1" } });
  Object.defineProperty(original, "url", { value: "https://api.example/chat" });
  const { fetch } = traced([], { fetch: async () => original });
  const response = await fetch("/api/chat", question);
  expect(response).toMatchObject({ status: 201, statusText: "Made", url: original.url });
  expect(response.headers.get("x-a")).toBe("1");
  expect(pulls).toEqual([]);
  const reader = response.body?.getReader();
  for (const [i, chunk] of chunks.entries()) {
    expect((await reader?.read())?.value).toBe(chunk);
    expect(pulls).toHaveLength(i + 1);
  }
  expect((await reader?.read())?.done).toBe(true);
});

test("progress goes with what goes anyway, and does not pile up", async () => {
  const { edge, fetch } = traced(Array.from({ length: 95 }, () => delta("x")));
  await readAll(await fetch("/api/chat", question));
  await pass(0);
  const progress = edge
    .actions()
    .filter(({ action, data }) => action === "update_generation" && "metadata" in data);
  expect(edge.sent).toHaveLength(2);
  expect(progress.map(({ data }) => data["metadata"])).toMatchObject([{ chunkCount: 10 }]);
  expect(find(edge.actions(), "end_generation")).toMatchObject({ metadata: { chunkCount: 95 } });
});

test("progress alone sends nothing, however long the answer takes", async () => {
  let next: (chunk: Uint8Array) => void = () => {};
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => void (next = (chunk) => controller.enqueue(chunk)),
  });
  const { edge, fetch } = traced([], { fetch: async () => new Response(body) });
  const reader = (await fetch("/api/chat", question)).body?.getReader();
  const say = async (chunks: number): Promise<void> => {
    for (let i = 0; i < chunks; i += 1) {
      const read = reader?.read();
      next(delta("x"));
      await read;
    }
  };
  await say(1);
  void reader?.read();
  await pass(20_000);
  const before = edge.sent.length;
  next(delta("x"));
  await say(8);
  const last = reader?.read();
  await pass(120_000);
  expect(edge.sent).toHaveLength(before);
  await reader?.cancel();
  await last;
  await pass();
  const updates = edge.sent.at(-1)?.actions.filter(({ action }) => action === "update_generation");
  expect(updates).toMatchObject([{ data: { metadata: { chunkCount: 10 } } }]);
});

test("a flow by hand: the click, the body for the backend, another transport", async () => {
  const { edge, options } = traced([]);
  const turn = traceChat({ ...options, message: "Why?", clickedAt: Date.now() - 40 });
  expect(turn.body({ question: "Why?" })).toEqual({
    question: "Why?",
    trace_id: turn.traceId,
    parent_span_id: turn.headers("/api")["traceparent"]?.split("-")[2],
    session_id: "s1",
  });
  void turn.calling();
  turn.responding();
  turn.chunk({ text: "Be" });
  turn.chunk({ text: "Because" });
  turn.end();
  turn.fail(new Error("too late"));
  await pass();
  const actions = edge.actions();
  expect(find(actions, "create_trace")).toMatchObject({
    timestamp: 1_789_999_999_960,
    input: { message: "Why?" },
  });
  expect(find(actions, "end_generation")).toMatchObject({ output: "Because" });
  expect(actions.filter(({ action }) => action === "end_trace")).toHaveLength(1);
  expect(JSON.stringify(actions)).not.toContain("too late");
});

test("a turn by hand that tells nothing but its end has a generation with what was told", async () => {
  const { edge, options } = traced([]);
  const told = { text: "Because", model: "gpt-5", usage: { input: 3 }, cost: { total: 0.1 } };
  const turn = traceChat({ ...options, message: "Why?", clickedAt: Date.now() - 40 });
  turn.end(told);
  await pass();
  expect(find(edge.actions(), "create_generation")).toMatchObject({
    name: "streaming-response",
    input: "Why?",
    startTime: 1_789_999_999_960,
  });
  expect(find(edge.actions(), "end_generation")).toMatchObject({
    output: "Because",
    model: "gpt-5",
    usage: { input: 3 },
    costDetails: { total: 0.1 },
    metadata: { outcome: "completed" },
  });
  const requested = traceChat(options);
  void requested.calling();
  requested.end({ model: "gpt-5" });
  traceChat(options).end({ text: "from a list" });
  await pass();
  const generations = edge.actions().filter(({ action }) => action === "end_generation");
  expect(generations.map(({ data }) => data["model"])).toEqual(["gpt-5", "gpt-5"]);
});

test("a hidden page reads at once, and a question that is still read belongs to the turn", async () => {
  vi.stubGlobal("document", { hidden: true });
  const { edge, fetch } = traced([delta("Because")]);
  const body = new Blob([question.body]);
  await readAll(await fetch("/api/chat", { ...question, body }));
  await pass(1000);
  expect(find(edge.actions(), "update_trace")).toMatchObject({ input: "Why?" });
  expect(find(edge.actions(), "end_trace")).toMatchObject({ output: "Because" });
});

test("200 turns leave no listener behind", async () => {
  const added: unknown[] = [];
  const { fetch } = traced(Array.from({ length: 200 }, () => delta("x")));
  vi.stubGlobal("addEventListener", (type: string) => added.push(type));
  vi.stubGlobal("removeEventListener", () => added.pop());
  for (let i = 0; i < 200; i += 1) await readAll(await fetch("/api/chat", question));
  await pass(0);
  expect(added).toHaveLength(0);
});

test("reading holds the main thread for a few ms at a time, and is done all the same", async () => {
  const told: string[] = [];
  const words = Array.from({ length: 60 }, (_, n) => `${n} `);
  const { edge, behind } = traced(words.map(delta));
  const client = new LangfuseProxy({
    fetch: edge.fetch,
    beforeSend: (action, data) => (told.push(action), data),
  });
  // Each look at the clock finds it a ms later: so long is each chunk's reading.
  let now = performance.now();
  vi.spyOn(performance, "now").mockImplementation(() => (now += 1));
  const response = await tracedFetch({ client, fetch: behind.fetch })("/api/chat", question);
  expect(await readAll(response)).toHaveLength(60);
  await pass(0);
  expect(told).not.toContain("end_generation");
  vi.restoreAllMocks();
  await pass();
  expect(find(edge.actions(), "end_generation")).toMatchObject({
    output: words.join(""),
    metadata: { chunkCount: 60 },
  });
});
