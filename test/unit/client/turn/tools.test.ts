// Tools of a chat turn: those that the backend runs, those of the page, and what is told of each.
import { describe, expect, test } from "vitest";
import { traceChat } from "../../../../src/client/chat.ts";
import { eachOnAPage, find, pass } from "./chat-under-test.ts";
import {
  NOW,
  conversation,
  only,
  tools,
  call,
  user,
  calledByAiSdk,
  submit,
  toolCalled,
  done,
} from "./conversation.ts";

eachOnAPage();

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
