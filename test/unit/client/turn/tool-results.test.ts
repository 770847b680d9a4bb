// A request that brings the results of tools goes on with the turn that asked for them.
import { describe, expect, test } from "vitest";
import { eachOnAPage, pass, readAll } from "./chat-under-test.ts";
import { tracedFetch } from "../../../../src/client/chat.ts";
import { LangfuseProxy } from "../../../../src/client/index.ts";
import {
  conversation,
  only,
  tools,
  finish,
  user,
  calledByAiSdk,
  submit,
  toolCalled,
  done,
} from "./conversation.ts";

eachOnAPage();

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
