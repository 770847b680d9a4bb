// Tools that nobody answers yet: how long their turn waits for them, and approvals.
import { describe, expect, test } from "vitest";
import { eachOnAPage, find, pass, question } from "./chat-under-test.ts";
import {
  conversation,
  only,
  tools,
  text,
  finish,
  call,
  user,
  calledByAiSdk,
  submit,
  toolCalled,
  done,
} from "./conversation.ts";

const page = eachOnAPage();
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
