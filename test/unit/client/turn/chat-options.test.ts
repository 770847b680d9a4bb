import { expect, test } from "vitest";
import { tracedFetch, traceChat } from "../../../../src/client/chat.ts";
import { LangfuseProxy } from "../../../../src/client/index.ts";
import {
  backend,
  delta,
  eachOnAPage,
  find,
  names,
  pass,
  question,
  readAll,
  traced,
} from "./chat-under-test.ts";
import { fakeEdge, kept } from "../fake-edge.ts";

eachOnAPage();

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
