import { describe, expect, test } from "vitest";
import { traceChat, tracedFetch } from "../../../../src/client/chat.ts";
import { LangfuseProxy } from "../../../../src/client/index.ts";
import type { SentAction } from "../fake-edge.ts";
import { eachOnAPage, find, pass, question, readAll, sse, traced } from "./chat-under-test.ts";

const page = eachOnAPage();
const NOW = 1_790_000_000_000;

/** Answers in turn; each is a list of events. */
function conversation(answers: object[][], options: object = {}) {
  const asked: { headers: Headers; body: string }[] = [];
  const all = traced([], {
    ...options,
    fetch: async (_input, init) => {
      asked.push({ headers: new Headers(init?.headers), body: init?.body as string });
      const body = new ReadableStream<Uint8Array>({
        start: (stream) => {
          for (const event of answers[asked.length - 1] ?? []) stream.enqueue(sse(event));
          stream.close();
        },
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    },
  });
  const ask = async (body: object, by = all.fetch): Promise<void> => {
    await readAll(await by("/api/chat", { method: "POST", body: JSON.stringify(body) }));
    await pass();
  };
  return { ...all, asked, ask };
}
const only = (actions: SentAction[], action: string): Record<string, unknown>[] =>
  actions.flatMap((one) => (one.action === action ? [one.data] : []));

interface Tool {
  name: unknown;
  trace: unknown;
  [field: string]: unknown;
}
/** The tools of all traces, in their order. */
function tools(actions: SentAction[]): Tool[] {
  return only(actions, "create_observation").map((created) => {
    expect(created).toMatchObject({ type: "tool" });
    expect(created["parentObservationId"]).toBeUndefined();
    const ends = only(actions, "end_span").filter(
      ({ observationId }) => observationId === created["observationId"],
    );
    expect(ends.length).toBeLessThan(2);
    const { name, input, startTime, metadata } = created;
    const { output, level, statusMessage } = ends[0] ?? {};
    const { toolCallId: id } = (metadata ?? {}) as { toolCallId?: string };
    return {
      name,
      trace: created["traceId"],
      ...(id !== undefined && { id }),
      ...(startTime !== undefined && { startTime }),
      ...(input !== undefined && { input }),
      ...(ends[0]
        ? { output, ...(level !== undefined && { level, statusMessage }) }
        : { open: true }),
    };
  });
}

const text = (delta: string): object => ({ type: "text-delta", id: "0", delta });
const finish = (finishReason: string): object => ({ type: "finish", finishReason });
const call = (toolCallId: string, toolName: string, input: object): object => ({
  type: "tool-input-available",
  toolCallId,
  toolName,
  input,
});
const user = (words: string): object => ({
  id: "u",
  role: "user",
  parts: [{ type: "text", text: words }],
});
const calledByAiSdk = (part: object): object => ({
  id: "m1",
  role: "assistant",
  parts: [{ type: "step-start" }, { type: "tool-where", toolCallId: "t1", ...part }],
});
const submit = (...messages: object[]): object => ({
  id: "chat-1",
  messages,
  trigger: "submit-message",
});
const toolCalled = [
  { type: "start", messageId: "m1" },
  call("t1", "where", { q: 1 }),
  finish("tool-calls"),
];
const done = [text("Here."), finish("stop")];

test("a tool that the backend runs is an observation beside the answer", async () => {
  const { edge, ask } = conversation([
    [
      call("t1", "where", { q: 1 }),
      { type: "tool-output-available", toolCallId: "t1", output: "x" },
      ...done,
    ],
  ]);
  await ask(submit(user("Where?")));
  const [trace] = only(edge.actions(), "create_trace");
  expect(tools(edge.actions())).toEqual([
    {
      name: "where",
      id: "t1",
      trace: trace?.["traceId"],
      startTime: NOW,
      input: { q: 1 },
      output: "x",
    },
  ]);
  expect(only(edge.actions(), "end_trace")).toHaveLength(1);
});

test("one that fails does not fail the turn", async () => {
  const { edge, ask } = conversation([
    [
      call("t1", "where", {}),
      { type: "tool-output-error", toolCallId: "t1", errorText: "no map" },
      ...done,
    ],
  ]);
  await ask(submit(user("Where?")));
  expect(tools(edge.actions())).toMatchObject([{ level: "ERROR", statusMessage: "no map" }]);
  expect(find(edge.actions(), "end_trace")).toMatchObject({ metadata: { outcome: "completed" } });
  expect(find(edge.actions(), "end_trace")["level"]).toBeUndefined();
});

describe("a request that brings the results of tools goes on with the turn", () => {
  const toolCalls = [{ id: "t1", type: "function", function: { name: "where", arguments: "{}" } }];
  const openAi = [
    { choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...toolCalls[0] }] } }] },
    { choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] },
  ];
  const anthropic = [
    {
      type: "content_block_start",
      index: 0,
      content_block: { type: "tool_use", id: "t1", name: "where" },
    },
    { type: "message_delta", delta: { stop_reason: "tool_use" } },
    { type: "message_stop" },
  ];
  const item = { type: "function_call", id: "f1", call_id: "t1", name: "where", arguments: "{}" };
  const gemini = [
    {
      candidates: [
        {
          content: { parts: [{ functionCall: { name: "where", args: {} } }] },
          finishReason: "STOP",
        },
      ],
    },
  ];
  const ollama = [
    {
      message: {
        role: "assistant",
        content: "",
        tool_calls: [{ function: { name: "where", arguments: {} } }],
      },
    },
    { done: true, done_reason: "stop" },
  ];
  const asked = { role: "user", content: "Where?" };
  test.each<[string, object[], object, unknown]>([
    [
      "AI SDK 5 to 7",
      toolCalled,
      submit(
        user("Where?"),
        calledByAiSdk({ state: "output-available", input: {}, output: { at: "x" } }),
      ),
      { at: "x" },
    ],
    [
      "AI SDK 4",
      toolCalled,
      {
        id: "chat-1",
        messages: [
          asked,
          {
            role: "assistant",
            content: "",
            toolInvocations: [
              { toolCallId: "t1", toolName: "where", args: {}, state: "result", result: "x" },
            ],
          },
        ],
      },
      "x",
    ],
    [
      "chat completions",
      openAi,
      {
        messages: [
          asked,
          { role: "assistant", content: null, tool_calls: toolCalls },
          { role: "tool", tool_call_id: "t1", content: "x" },
        ],
      },
      "x",
    ],
    [
      "Responses",
      [
        { type: "response.output_item.done", item },
        { type: "response.completed", response: { status: "completed" } },
      ],
      { input: [asked, item, { type: "function_call_output", call_id: "t1", output: "x" }] },
      "x",
    ],
    [
      "Anthropic",
      anthropic,
      {
        messages: [
          asked,
          {
            role: "assistant",
            content: [{ type: "tool_use", id: "t1", name: "where", input: {} }],
          },
          { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: "x" }] },
        ],
      },
      "x",
    ],
    [
      "Gemini",
      gemini,
      {
        contents: [
          { role: "user", parts: [{ text: "Where?" }] },
          { role: "model", parts: [{ functionCall: { name: "where", args: {} } }] },
          { role: "user", parts: [{ functionResponse: { name: "where", response: { at: "x" } } }] },
        ],
      },
      { at: "x" },
    ],
    [
      "Ollama",
      ollama,
      {
        messages: [
          asked,
          { role: "assistant", content: "" },
          { role: "tool", tool_name: "where", content: "x" },
        ],
      },
      "x",
    ],
  ])("%s", async (_, first, second, output) => {
    const { edge, ask, asked } = conversation([first, [...done, finish("stop")]]);
    await ask({ messages: [{ role: "user", content: "Where?" }] });
    const before = edge.actions();
    expect(only(before, "end_generation")).toHaveLength(1);
    expect(only(before, "end_trace")).toHaveLength(0);
    expect(tools(before)).toMatchObject([{ name: "where", open: true }]);

    await ask(second);
    const actions = edge.actions();
    expect(only(actions, "create_trace")).toHaveLength(1);
    expect(only(actions, "create_generation")).toHaveLength(2);
    expect(only(actions, "create_span").map(({ name }) => name)).toEqual([
      "frontend-ui-processing",
      "frontend-backend-api-call",
      "frontend-backend-api-call",
    ]);
    expect(tools(actions)).toMatchObject([{ name: "where", output }]);
    expect(tools(actions)[0]).not.toHaveProperty("level");
    const [end, ...others] = only(actions, "end_trace");
    expect(others).toEqual([]);
    expect(end).toMatchObject({ output: "Here.", metadata: { outcome: "completed" } });
    // The question stays the turn's input, and the backend joins the same trace under the new request.
    for (const { input } of only(actions, "update_trace")) expect(input).toBe("Where?");
    const parents = asked.map(({ headers }) => headers.get("traceparent")?.split("-") ?? []);
    expect(parents[1]?.[1]).toBe(parents[0]?.[1]);
    const api = only(actions, "create_span").slice(1);
    expect(parents.map((parent) => parent[2])).toEqual(api.map(({ spanId }) => spanId));
  });

  test("results that failed have failed", async () => {
    const { edge, ask } = conversation([toolCalled, done]);
    await ask(submit(user("Where?")));
    await ask(
      submit(user("Where?"), calledByAiSdk({ state: "output-error", errorText: "no map" })),
    );
    expect(tools(edge.actions())).toMatchObject([{ level: "ERROR", statusMessage: "no map" }]);
  });

  test("nor does a body that is no JSON, though it has the call's id in it: it is traced by itself", async () => {
    const { edge, ask, fetch } = conversation([toolCalled, done]);
    await ask(submit(user("Where?")));
    await readAll(await fetch("/api/chat", { method: "POST", body: 'tool "t1' }));
    await pass();
    expect(only(edge.actions(), "create_trace")).toHaveLength(2);
  });

  test("not with the turn of another client", async () => {
    const { edge, ask, options } = conversation([toolCalled, done]);
    await ask(submit(user("Where?")));
    const client = new LangfuseProxy({ fetch: edge.fetch });
    const other = tracedFetch({ ...options, client });
    await ask(
      submit(user("Where?"), calledByAiSdk({ state: "output-available", output: 1 })),
      other,
    );
    expect(only(edge.actions(), "create_trace")).toHaveLength(2);
  });
});

describe("a tool that nobody answers", () => {
  const unanswered = [
    { name: "where", id: "t1", level: "WARNING", statusMessage: "no result", output: undefined },
  ];
  const question2 = submit(
    user("Where?"),
    calledByAiSdk({ state: "input-available" }),
    user("Never mind."),
  );

  test("ends with its turn when the user asks something else in that chat", async () => {
    const { edge, ask } = conversation([toolCalled, done]);
    await ask(submit(user("Where?")));
    await ask(question2);
    expect(tools(edge.actions())).toMatchObject(unanswered);
    const [first, second] = only(edge.actions(), "create_trace");
    expect(first?.["traceId"]).not.toBe(second?.["traceId"]);
    expect(only(edge.actions(), "end_trace")).toMatchObject([
      {
        traceId: first?.["traceId"],
        metadata: { outcome: "completed", finishReason: "tool-calls" },
      },
      { traceId: second?.["traceId"], metadata: { outcome: "completed" } },
    ]);
  });

  test("ends with its turn after five minutes; a result after that still comes to the same trace", async () => {
    const { edge, ask } = conversation([toolCalled, done]);
    await ask(submit(user("Where?")));
    await pass(299_000);
    expect(tools(edge.actions())).toMatchObject([{ open: true }]);
    await pass(2000);
    expect(tools(edge.actions())).toMatchObject(unanswered);
    expect(only(edge.actions(), "end_trace")).toHaveLength(1);

    await ask(submit(user("Where?"), calledByAiSdk({ state: "output-available", output: 1 })));
    await pass(600_000);
    expect(only(edge.actions(), "create_trace")).toHaveLength(1);
    expect(only(edge.actions(), "create_generation")).toHaveLength(2);
    // The trace is sealed by then.
    expect(only(edge.actions(), "end_trace")).toHaveLength(1);
  });

  test("ends with the page", async () => {
    const { edge, ask } = conversation([toolCalled]);
    await ask(submit(user("Where?")));
    page().send("pagehide");
    await pass();
    expect(tools(edge.actions())).toMatchObject(unanswered);
    expect(find(edge.actions(), "end_trace")).toMatchObject({
      level: "WARNING",
      metadata: { outcome: "abandoned" },
    });
  });

  test("is closed with an answer that is stopped", async () => {
    const { edge, fetch } = conversation([[call("t1", "where", {}), text("x")]]);
    const reader = (await fetch("/api/chat", question)).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await pass();
    expect(tools(edge.actions())).toMatchObject(unanswered);
    expect(find(edge.actions(), "end_trace")).toMatchObject({ metadata: { outcome: "stopped" } });
  });
});

describe("an approval", () => {
  const waits = [
    call("t1", "pay", { euros: 5 }),
    { type: "tool-approval-request", approvalId: "p", toolCallId: "t1" },
    finish("tool-calls"),
  ];
  const respond = (approved: boolean): object =>
    submit(
      user("Pay."),
      calledByAiSdk({ state: "approval-responded", approval: { id: "p", approved } }),
    );

  test("that is given: the result comes with the next answer, on the same observation", async () => {
    const { edge, ask } = conversation([
      waits,
      [{ type: "tool-output-available", toolCallId: "t1", output: "paid" }, ...done],
    ]);
    await ask(submit(user("Pay.")));
    expect(find(edge.actions(), "update_span")).toMatchObject({
      metadata: { needsApproval: true },
    });
    await ask(respond(true));
    expect(tools(edge.actions())).toMatchObject([{ name: "pay", output: "paid" }]);
    expect(tools(edge.actions())[0]).not.toHaveProperty("level");
    expect(only(edge.actions(), "end_trace")).toHaveLength(1);
    expect(only(edge.actions(), "create_trace")).toHaveLength(1);
  });

  test("that is refused", async () => {
    const { edge, ask } = conversation([
      waits,
      [{ type: "tool-output-denied", toolCallId: "t1" }, ...done],
    ]);
    await ask(submit(user("Pay.")));
    await ask(respond(false));
    expect(tools(edge.actions())).toMatchObject([
      { level: "WARNING", statusMessage: "denied by the user" },
    ]);
    expect(find(edge.actions(), "end_trace")).toMatchObject({ metadata: { outcome: "completed" } });
  });
});

describe("a tool of the page", () => {
  test("is under the call that the answer has shown", async () => {
    const { edge, ask, options } = conversation([toolCalled, done]);
    const turn = traceChat({ ...options, message: "Where?" });
    await ask(submit(user("Where?")), turn.fetch);
    expect(turn.running.id).toBe(find(edge.actions(), "create_observation")["observationId"]);
    expect(await turn.tool("where", { q: 1 }, async ({ q }) => q + 1)).toBe(2);
    await ask(
      submit(user("Where?"), calledByAiSdk({ state: "output-available", output: 2 })),
      turn.fetch,
    );
    expect(tools(edge.actions())).toMatchObject([{ name: "where", id: "t1", output: 2 }]);
    expect(only(edge.actions(), "end_trace")).toHaveLength(1);
    expect(only(edge.actions(), "create_generation")).toHaveLength(2);
  });

  test("that the answer shows only later is still one", async () => {
    const { edge, options } = conversation([]);
    const turn = traceChat({ ...options, message: "Where?" });
    void turn.calling();
    turn.responding();
    const run = turn.tool("where", {}, () => pass(50).then(() => "x"));
    const shown = { id: "t1", name: "where", startedAt: NOW, ready: true };
    turn.chunk({ text: "", tools: [shown] });
    await run;
    turn.end({ text: "", tools: [shown], finished: true });
    await pass();
    expect(tools(edge.actions())).toMatchObject([{ name: "where", output: "x" }]);
  });

  test("that throws has failed, and throws the same", async () => {
    const { edge, options } = conversation([]);
    const turn = traceChat({ ...options, message: "Where?" });
    const error = new Error("no map");
    await expect(turn.tool("where", { q: 1 }, () => Promise.reject(error))).rejects.toBe(error);
    await expect(
      turn.tool("when", undefined, () => {
        throw error;
      }),
    ).rejects.toBe(error);
    turn.end({ text: "Sorry.", finished: true });
    await pass();
    expect(tools(edge.actions())).toMatchObject([
      { name: "where", input: { q: 1 }, level: "ERROR", statusMessage: "no map" },
      { name: "when", level: "ERROR" },
    ]);
    expect(only(edge.actions(), "end_trace")).toHaveLength(1);
  });

  test("that still runs keeps its turn open; the turn ends half a minute after it", async () => {
    const { edge, options } = conversation([]);
    const turn = traceChat({ ...options, message: "Where?" });
    const { promise, resolve } = Promise.withResolvers<string>();
    const run = turn.tool("where", {}, () => promise);
    turn.end({ text: "Looking.", finished: true });
    await pass(60_000);
    expect(only(edge.actions(), "end_trace")).toHaveLength(0);
    resolve("x");
    await run;
    await pass(29_000);
    expect(only(edge.actions(), "end_trace")).toHaveLength(0);
    await pass(2000);
    expect(only(edge.actions(), "end_trace")).toHaveLength(1);
    expect(tools(edge.actions())).toMatchObject([{ output: "x" }]);
  });
});

test("without content, tools have names and times only", async () => {
  const { edge, ask } = conversation([toolCalled, done], { captureContent: false });
  await ask(submit(user("Secret?")));
  await ask(submit(user("Secret?"), calledByAiSdk({ state: "output-error", errorText: "secret" })));
  expect(tools(edge.actions())).toMatchObject([{ name: "where", level: "ERROR" }]);
  expect(JSON.stringify(edge.actions())).not.toMatch(/secret|"q"/i);
});

test("the chat, its message and its trigger are in the metadata", async () => {
  const { edge, ask } = conversation([[{ type: "start", messageId: "m9" }, ...done]]);
  await ask({ ...submit(user("Again.")), trigger: "regenerate-message", messageId: "m8" });
  expect(find(edge.actions(), "update_trace")).toMatchObject({
    metadata: { chatId: "chat-1", trigger: "regenerate-message", requestMessageId: "m8" },
  });
  expect(find(edge.actions(), "end_trace")).toMatchObject({ metadata: { messageId: "m9" } });
});
