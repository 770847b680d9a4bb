import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { tracedFetch, traceChat, type TurnOptions } from "../../../src/client/chat.ts";
import { langfuseTraceId, LangfuseProxy } from "../../../src/client/index.ts";
import { fakeEdge, fakePage, kept, type SentAction } from "./fake-edge.ts";

let page: ReturnType<typeof fakePage>;
beforeEach(() => {
  vi.useFakeTimers({ now: 1_790_000_000_000 });
  page = fakePage();
  for (const [name, value] of Object.entries(page.globals)) vi.stubGlobal(name, value);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
const pass = (ms = 200) => vi.advanceTimersByTimeAsync(ms);

const utf8 = new TextEncoder();
const sse = (event: unknown): Uint8Array => utf8.encode(`data: ${JSON.stringify(event)}\n\n`);
const delta = (content: string): Uint8Array =>
  sse({ model: "gpt-5", choices: [{ index: 0, delta: { content } }] });
const usage = sse({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } });

/** A backend that streams the chunks, and lets a test see what it was asked. */
function backend(chunks: Uint8Array[], status = 200) {
  const asked: { input: unknown; init: RequestInit | undefined }[] = [];
  const left = [...chunks];
  let cancelled: unknown;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    asked.push({ input, init });
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        const chunk = left.shift();
        if (chunk) controller.enqueue(chunk);
        else controller.close();
      },
      cancel: (reason) => void (cancelled = reason),
    });
    return new Response(body, { status, headers: { "content-type": "text/event-stream" } });
  };
  const headers = (): Record<string, string> =>
    Object.fromEntries(new Headers(asked[0]?.init?.headers));
  return { fetch, asked, headers, cancelled: () => cancelled };
}

function traced(chunks: Uint8Array[], options: Partial<TurnOptions> = {}, status = 200) {
  const edge = fakeEdge(kept);
  const client = new LangfuseProxy({ fetch: edge.fetch, sessionId: "s1", userId: "ada" });
  const behind = backend(chunks, status);
  const all = { client, assistantName: "Research Assistant", fetch: behind.fetch, ...options };
  return { edge, client, behind, fetch: tracedFetch(all), options: all };
}

async function readAll(response: Response): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body ?? []) chunks.push(chunk);
  return chunks;
}

const question = {
  method: "POST",
  body: JSON.stringify({ model: "gpt-5-mini", messages: [{ role: "user", content: "Why?" }] }),
};
const names = (actions: SentAction[]): string[] =>
  actions.map(({ action, data }) =>
    `${action} ${(data["name"] as string | undefined) ?? ""}`.trim(),
  );
const find = (actions: SentAction[], action: string): Record<string, unknown> =>
  actions.find((one) => one.action === action)?.data ?? {};

test("a turn is the tree that was agreed on, in two requests", async () => {
  const { edge, fetch } = traced([delta("Be"), delta("cause"), usage]);
  await pass(0);
  const response = await fetch("/api/chat", question);
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
      next(delta("x"));
      await reader?.read();
    }
  };
  await say(1);
  await pass(20_000);
  const before = edge.sent.length;
  await say(9);
  await pass(120_000);
  expect(edge.sent).toHaveLength(before);
  await reader?.cancel();
  await pass();
  const updates = edge.sent.at(-1)?.actions.filter(({ action }) => action === "update_generation");
  expect(updates).toMatchObject([{ data: { metadata: { chunkCount: 10 } } }]);
});

describe("what goes wrong closes everything, and is passed on as it is", () => {
  const errors = (edge: { actions(): SentAction[] }) =>
    edge
      .actions()
      .filter(({ data }) => data["level"] === "ERROR")
      .map(({ action, data }) => [action, data["statusMessage"]]);

  test("an error of fetch", async () => {
    const problem = new TypeError("Failed to fetch");
    const { edge, fetch } = traced([], { fetch: () => Promise.reject(problem) });
    await expect(fetch("/api/chat", question)).rejects.toBe(problem);
    await pass();
    expect(errors(edge)).toEqual([
      ["end_span", "Failed to fetch"],
      ["end_trace", "Failed to fetch"],
    ]);
    expect(find(edge.actions(), "end_trace")).toMatchObject({ metadata: { stack: problem.stack } });
  });

  test("an answer that is no success: it can still be read", async () => {
    const { edge, fetch } = traced([utf8.encode("overloaded")], {}, 529);
    const response = await fetch("/api/chat", question);
    expect(await response.text()).toBe("overloaded");
    await pass();
    expect(errors(edge)).toEqual([
      ["end_span", undefined],
      ["end_generation", "HTTP 529"],
      ["end_trace", "HTTP 529"],
    ]);
  });

  test("a stream that breaks", async () => {
    const problem = new DOMException("aborted", "AbortError");
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(delta("Be")),
      pull: (controller) => controller.error(problem),
    });
    const { edge, fetch } = traced([], { fetch: async () => new Response(body) });
    const response = await fetch("/api/chat", question);
    await expect(readAll(response)).rejects.toBe(problem);
    await pass();
    expect(errors(edge)).toEqual([
      ["end_generation", "aborted"],
      ["end_trace", "aborted"],
    ]);
  });

  test("an error that the stream tells", async () => {
    const told = sse({ type: "error", error: { message: "Overloaded" } });
    const { edge, fetch } = traced([delta("Be"), told]);
    await readAll(await fetch("/api/chat", question));
    await pass();
    expect(errors(edge)).toContainEqual(["end_generation", "Overloaded"]);
    expect(find(edge.actions(), "end_generation")).toMatchObject({ output: "Be" });
  });

  test("a reader that has enough, unless all was said", async () => {
    const early = traced([delta("Be"), delta("cause")]);
    const reader = (await early.fetch("/api/chat", question)).body?.getReader();
    await reader?.read();
    await reader?.cancel("enough");
    await pass();
    expect(early.behind.cancelled()).toBe("enough");
    expect(errors(early.edge)).toContainEqual(["end_generation", "the answer was cancelled"]);

    const done = traced([delta("Yes"), utf8.encode("data: [DONE]\n\n")]);
    const other = (await done.fetch("/api/chat", question)).body?.getReader();
    await other?.read();
    await other?.read();
    await other?.cancel();
    await pass();
    expect(errors(done.edge)).toEqual([]);
    expect(find(done.edge.actions(), "end_trace")).toMatchObject({ output: "Yes" });
  });

  test("a page that is closed in the middle: the turn goes out whole", async () => {
    const { edge, fetch } = traced([delta("Be"), delta("cause")]);
    const reader = (await fetch("/api/chat", question)).body?.getReader();
    await reader?.read();
    page.send("pagehide");
    await pass(0);
    expect(edge.sent.at(-1)).toMatchObject({ keepalive: true });
    expect(errors(edge).map(([action]) => action)).toEqual(["end_generation", "end_trace"]);
    expect(find(edge.actions(), "end_generation")).toMatchObject({ output: "Be" });
  });
});

test("whatever the edge does, the chat is the same", async () => {
  for (const reply of [
    () => new Promise<Response>(() => {}),
    () => Promise.reject(new TypeError("x")),
    () => new Response("<html>"),
  ]) {
    const edge = fakeEdge(reply);
    const client = new LangfuseProxy({ fetch: edge.fetch });
    const behind = backend([delta("a"), delta("b")]);
    const response = await tracedFetch({ client, fetch: behind.fetch })("/api/chat", question);
    expect(await readAll(response)).toEqual([delta("a"), delta("b")]);
  }
});

test("a flush that failed is not marked as a success", async () => {
  const client = new LangfuseProxy({
    fetch: fakeEdge(() => new Response(null, { status: 404 })).fetch,
  });
  const turn = traceChat({ client });
  void turn.calling();
  await pass();
  expect(turn.latency.latencies).toHaveProperty("pre_api_flush");
  expect(turn.latency.latencies).not.toHaveProperty("post_api_flush_success");
});

test.each([0, 1000])(
  "with a flushWaitMs of %i the flush begins before the request",
  async (flushWaitMs) => {
    const begun: string[] = [];
    const edge = fakeEdge(kept);
    const behind = backend([]);
    const client = new LangfuseProxy({
      fetch: (...request) => (begun.push("edge"), edge.fetch(...request)),
    });
    await tracedFetch({
      client,
      flushWaitMs,
      fetch: (...request) => (begun.push("chat"), behind.fetch(...request)),
    })("/api/chat", question);
    expect(begun).toEqual(["edge", "chat"]);
  },
);

test("the request waits for the flush only as long as it is told to", async () => {
  const edge = fakeEdge(() => new Promise(() => {}));
  const client = new LangfuseProxy({ fetch: edge.fetch });
  const behind = backend([]);
  const answer = tracedFetch({ client, fetch: behind.fetch, flushWaitMs: 300 })("/x", question);
  await pass(299);
  expect(behind.asked).toHaveLength(0);
  await pass(1);
  expect(behind.asked).toHaveLength(1);
  await answer;
});

describe("trace headers", () => {
  test("to the same origin: trace context, baggage without the user, the id", async () => {
    const { edge, behind, fetch } = traced([]);
    await fetch("/api/chat", { ...question, headers: { "x-own": "1", baggage: "a=b" } });
    await pass();
    const { traceId } = find(edge.actions(), "create_trace");
    const api = edge.actions().find(({ data }) => data["name"] === "frontend-backend-api-call");
    const langfuse = langfuseTraceId(String(traceId));
    expect(behind.headers()).toEqual({
      "x-own": "1",
      traceparent: `00-${langfuse}-${String(api?.data["spanId"])}-01`,
      "x-langfuse-trace-id": langfuse,
      baggage: `a=b, langfuse_trace_id=${langfuse},langfuse_trace_name=Research%20Assistant,langfuse_session_id=s1`,
    });
  });

  test("the user only when asked for", async () => {
    const { behind, fetch } = traced([], { propagateUser: true });
    await fetch(new URL("https://app.example/api"), question);
    expect(behind.headers()["baggage"]).toMatch(/,langfuse_user_id=ada$/);
  });

  test.each<[string, boolean, (string | RegExp)[]]>([
    ["https://api.other.example/v1/chat", false, []],
    ["https://api.other.example/v1/chat", true, ["https://api.other.example"]],
    ["https://api.other.example/v1/chat", true, ["https://api.other.example/v1/"]],
    ["https://api.other.example/v2/chat", false, ["https://api.other.example/v1/"]],
    ["https://api.other.example.evil.io/", false, ["https://api.other.example"]],
    ["https://api.other.example:8443/", false, ["https://api.other.example"]],
    ["http://app.example/chat", false, []],
    ["https://one.trusted.example/", true, [/^https:\/\/[a-z]+\.trusted\.example\//g]],
    ["//app.example/x", true, []],
  ])("%s gets them: %s, with %j", async (url, gets, propagateTo) => {
    const { behind, fetch } = traced([], { propagateTo });
    await fetch(url, question);
    await fetch(url, question);
    for (const { init } of behind.asked) {
      expect(new Headers(init?.headers).has("traceparent")).toBe(gets);
    }
    if (!gets) expect(behind.asked[0]?.init).toBe(question);
  });
});

test("a trace that is given is continued and left open", async () => {
  const { edge, fetch, client } = traced([delta("x")], { traceId: "ui2-1-a" });
  await readAll(await fetch("/api/chat", question));
  await pass();
  const actions = edge.actions();
  expect(names(actions)).not.toContain("create_trace Research Assistant");
  expect(actions.some(({ action }) => action === "end_trace")).toBe(false);
  expect(find(actions, "update_trace")).toMatchObject({ traceId: "ui2-1-a", output: "x" });

  const trace = client.trace({ name: "mine" });
  const turn = traceChat({ client, trace, endTrace: true });
  turn.end({ text: "done" });
  await pass();
  expect(edge.actions().at(-2)).toMatchObject({ action: "end_trace", data: { output: "done" } });
});

test("only what is asked by POST is a turn, and what the app wants to be one", async () => {
  const { edge, client, fetch, behind } = traced([]);
  await fetch("/api/models");
  await tracedFetch(() => undefined)("data:,", { method: "GET" });
  const picky = tracedFetch((input) =>
    input === "/api/chat" ? { client, fetch: behind.fetch } : undefined,
  );
  await pass();
  expect(edge.sent).toHaveLength(0);
  await picky("/api/chat", question);
  await pass();
  expect(find(edge.actions(), "create_trace")).toMatchObject({ name: "Assistant" });
});

test("without content, neither question nor answer is kept", async () => {
  const { edge, fetch } = traced([delta("secret answer")], { captureContent: false });
  await readAll(await fetch("/api/chat", { method: "POST", body: '{"prompt":"secret question"}' }));
  await pass();
  expect(edge.actions().length).toBeGreaterThan(8);
  expect(JSON.stringify(edge.actions())).not.toContain("secret");
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

test("200 turns leave no listener behind", async () => {
  const added: unknown[] = [];
  const { fetch } = traced(Array.from({ length: 200 }, () => delta("x")));
  vi.stubGlobal("addEventListener", (type: string) => added.push(type));
  vi.stubGlobal("removeEventListener", () => added.pop());
  for (let i = 0; i < 200; i += 1) await readAll(await fetch("/api/chat", question));
  expect(added).toHaveLength(0);
});
