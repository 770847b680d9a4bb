import { describe, expect, test } from "vitest";
import { tracedFetch } from "../../../../src/client/chat.ts";
import { LangfuseProxy } from "../../../../src/client/index.ts";
import {
  backend,
  delta,
  eachOnAPage,
  find,
  pass,
  question,
  readAll,
  sse,
  traced,
  utf8,
} from "./chat-under-test.ts";
import { fakeEdge, type SentAction } from "../fake-edge.ts";

const page = eachOnAPage();

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

  test("a request that is used up already: fetch says so itself, and the turn has ended", async () => {
    const problem = new TypeError("body used already");
    const { edge, fetch } = traced([], { fetch: () => Promise.reject(problem) });
    const used = new Request("https://app.example.com/api/chat", question);
    await used.text();
    await expect(fetch(used)).rejects.toBe(problem);
    await pass();
    expect(errors(edge).at(-1)).toEqual(["end_trace", "body used already"]);
  });

  test("an answer that is no success: it can still be read", async () => {
    const { edge, fetch } = traced([utf8.encode("overloaded")], {}, 529);
    const response = await fetch("/api/chat", question);
    expect(await response.text()).toBe("overloaded");
    await pass();
    expect(errors(edge)).toEqual([
      ["end_span", undefined],
      ["end_generation", "HTTP 529: overloaded"],
      ["end_trace", "HTTP 529: overloaded"],
    ]);
  });

  test("a stream that breaks", async () => {
    const problem = new TypeError("network error");
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(delta("Be")),
      pull: (controller) => controller.error(problem),
    });
    const { edge, fetch } = traced([], { fetch: async () => new Response(body) });
    const response = await fetch("/api/chat", question);
    await expect(readAll(response)).rejects.toBe(problem);
    await pass();
    expect(errors(edge)).toEqual([
      ["end_generation", "network error"],
      ["end_trace", "network error"],
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

  test("a page that is closed in the middle: the turn goes out whole", async () => {
    const { edge, fetch } = traced([delta("Be"), delta("cause")]);
    const reader = (await fetch("/api/chat", question)).body?.getReader();
    await reader?.read();
    page().send("pagehide");
    await pass(0);
    expect(edge.sent.at(-1)).toMatchObject({ keepalive: true });
    for (const action of ["end_generation", "end_trace"]) {
      expect(find(edge.actions(), action)).toMatchObject({
        output: "Be",
        level: "WARNING",
        metadata: { outcome: "abandoned" },
      });
    }
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
