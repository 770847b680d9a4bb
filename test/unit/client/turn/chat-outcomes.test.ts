import { describe, expect, test } from "vitest";
import { traceChat } from "../../../../src/client/chat.ts";
import {
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
import type { SentAction } from "../fake-edge.ts";

const page = eachOnAPage();
const done = utf8.encode("data: [DONE]\n\n");
const overloaded = sse({ type: "error", error: { message: "Overloaded" } });

/** How the generation and the trace ended, which must be the same. */
function endOf(edge: { actions(): SentAction[] }): Record<string, unknown> {
  const [generation, trace] = ["end_generation", "end_trace"].map((action) => {
    const { level = "DEFAULT", statusMessage, output, metadata } = find(edge.actions(), action);
    const { outcome, stack } = metadata as Record<string, unknown>;
    return { outcome, level, statusMessage, output, ...(stack !== undefined && { stack }) };
  });
  expect(trace).toEqual(generation);
  expect(edge.actions().filter(({ action }) => action === "end_trace")).toHaveLength(1);
  return trace ?? {};
}
const completed = { outcome: "completed", level: "DEFAULT", statusMessage: undefined };
const stopped = {
  outcome: "stopped",
  level: "DEFAULT",
  statusMessage: "stopped before the answer was complete",
};
const failed = { outcome: "failed", level: "ERROR" };
const abandoned = { outcome: "abandoned", level: "WARNING" };

/** An answer that stays open after its chunks, until the request is aborted. */
function open(...chunks: Uint8Array[]) {
  const controller = new AbortController();
  const { signal } = controller;
  const all = traced([], {
    fetch: async () => {
      const body = new ReadableStream<Uint8Array>({
        start: (stream) => {
          for (const chunk of chunks) stream.enqueue(chunk);
          signal.addEventListener("abort", () => stream.error(signal.reason));
        },
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    },
  });
  return { ...all, controller, init: { ...question, signal } };
}

describe("an answer that is read to its end", () => {
  test("is complete", async () => {
    const { edge, fetch } = traced([delta("Yes"), done]);
    await readAll(await fetch("/api/chat", question));
    await pass();
    expect(endOf(edge)).toEqual({ ...completed, output: "Yes" });
  });

  test.each(["text", "blob", "arrayBuffer"] as const)("also by %s()", async (way) => {
    const { edge, fetch } = traced([delta("Ye"), delta("s")]);
    await (await fetch("/api/chat", question))[way]();
    await pass();
    expect(endOf(edge)).toEqual({ ...completed, output: "Yes" });
    expect(find(edge.actions(), "end_generation")).toMatchObject({ metadata: { chunkCount: 2 } });
  });

  test("also by a clone, once", async () => {
    const { edge, fetch } = traced([delta("Yes")]);
    const response = await fetch("/api/chat", question);
    const copy = response.clone();
    expect(await copy.text()).toBe(await response.text());
    await pass();
    expect(endOf(edge)).toEqual({ ...completed, output: "Yes" });
  });

  test("has failed where it told an error", async () => {
    const { edge, fetch } = traced([delta("Be"), overloaded]);
    await readAll(await fetch("/api/chat", question));
    await pass();
    expect(endOf(edge)).toEqual({ ...failed, statusMessage: "Overloaded", output: "Be" });
  });
});

describe("an answer that the reader cancels", () => {
  const cancelAfter = async (count: number, chunks: Uint8Array[]) => {
    const { edge, fetch, behind } = traced([...chunks, delta("never"), delta("read")]);
    const reader = (await fetch("/api/chat", question)).body?.getReader();
    for (let n = 0; n < count; n += 1) await reader?.read();
    await reader?.cancel("enough");
    await pass();
    expect(behind.cancelled()).toBe("enough");
    return endOf(edge);
  };
  test("is stopped", async () => {
    expect(await cancelAfter(1, [delta("Be"), delta("cause")])).toEqual({
      ...stopped,
      output: "Be",
    });
    expect(await cancelAfter(0, [delta("Be")])).toMatchObject(stopped);
  });
  test("is complete where it had said so", async () => {
    expect(await cancelAfter(2, [delta("Yes"), done])).toEqual({ ...completed, output: "Yes" });
  });
  test("has failed where it had told an error", async () => {
    const end = await cancelAfter(2, [delta("Be"), overloaded]);
    expect(end).toEqual({ ...failed, statusMessage: "Overloaded", output: "Be" });
  });
});

describe("an answer that the app aborts", () => {
  const reasons: [string, unknown][] = [
    ["without a reason", undefined],
    ["for a text", "the user left"],
    ["for an error of its own", new Error("the user left")],
  ];
  test.each(reasons)("is stopped, %s", async (_how, reason) => {
    const { edge, fetch, controller, init } = open(delta("Be"));
    const reader = (await fetch("/api/chat", init)).body?.getReader();
    await reader?.read();
    const next = reader?.read().catch((error: unknown) => error);
    controller.abort(reason);
    expect(await next).toBe(init.signal.reason);
    await pass();
    expect(endOf(edge)).toEqual({ ...stopped, output: "Be" });
  });

  test("is stopped at once, also where nothing waits for it", async () => {
    const { edge, fetch, controller, init } = open(delta("Be"));
    const reader = (await fetch("/api/chat", init)).body?.getReader();
    await reader?.read();
    controller.abort();
    await pass();
    expect(endOf(edge)).toEqual({ ...stopped, output: "Be" });
  });

  test("has failed where that was a timeout", async () => {
    const { edge, fetch, controller, init } = open(delta("Be"));
    const text = (await fetch("/api/chat", init)).text();
    await pass();
    controller.abort(new DOMException("too late", "TimeoutError"));
    await expect(text).rejects.toBe(init.signal.reason);
    await pass();
    expect(endOf(edge)).toMatchObject({ ...failed, statusMessage: "too late", output: "Be" });
  });

  test("is complete where it had said so", async () => {
    const { edge, fetch, controller, init } = open(delta("Yes"), done);
    const reader = (await fetch("/api/chat", init)).body?.getReader();
    await reader?.read();
    await reader?.read();
    controller.abort();
    await pass();
    expect(endOf(edge)).toEqual({ ...completed, output: "Yes" });
  });

  test("before there is one: a stop as well, and no generation", async () => {
    const reason = new Error("the user left");
    const controller = new AbortController();
    const { edge, fetch } = traced([], {
      fetch: (_input, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener("abort", () => reject(init.signal?.reason as Error));
        }),
    });
    const answer = fetch("/api/chat", { ...question, signal: controller.signal });
    const caught = answer.catch((error: unknown) => error);
    await pass(0);
    controller.abort(reason);
    expect(await caught).toBe(reason);
    await pass();
    const { level, metadata } = find(edge.actions(), "end_trace");
    expect({ level, outcome: (metadata as { outcome: string }).outcome }).toEqual({
      level: undefined,
      outcome: "stopped",
    });
    expect(JSON.stringify(edge.actions())).not.toContain('"stack"');
  });
});

describe("an answer that nobody reads any more", () => {
  test.each([0, 1])("after %i chunks: the turn ends within a minute", async (chunks) => {
    const { edge, fetch } = traced([delta("Be"), delta("cause")]);
    const response = await fetch("/api/chat", question);
    const reader = chunks ? response.body?.getReader() : undefined;
    await reader?.read();
    await pass(29_000);
    expect(find(edge.actions(), "end_trace")).toEqual({});
    await pass(32_000);
    const end = { ...abandoned, statusMessage: "the answer was not read to its end" };
    expect(endOf(edge)).toEqual({ ...end, output: chunks ? "Be" : undefined });
    // It can still be read.
    if (reader) expect((await reader.read()).value).toEqual(delta("cause"));
    else expect(await response.text()).toContain("cause");
  });

  test("while the page waits for more, it is read, however long that takes", async () => {
    const { edge, fetch, controller, init } = open(delta("Be"));
    const reader = (await fetch("/api/chat", init)).body?.getReader();
    await reader?.read();
    const next = reader?.read().catch(() => {});
    await pass(3_600_000);
    expect(find(edge.actions(), "end_trace")).toEqual({});
    controller.abort();
    await next;
  });

  test("is complete where it had said so", async () => {
    const { edge, fetch } = traced([delta("Yes"), done, delta("never read")]);
    const reader = (await fetch("/api/chat", question)).body?.getReader();
    await reader?.read();
    await reader?.read();
    await pass(62_000);
    expect(endOf(edge)).toEqual({ ...completed, output: "Yes" });
  });

  test("as the page is closed", async () => {
    const { edge, fetch } = traced([delta("Be"), delta("cause")]);
    const reader = (await fetch("/api/chat", question)).body?.getReader();
    await reader?.read();
    page().send("pagehide");
    await pass();
    const statusMessage = "the page was closed before the answer was complete";
    expect(endOf(edge)).toEqual({ ...abandoned, statusMessage, output: "Be" });
  });
});

describe("a page that may be about to go", () => {
  const closed = "the page was closed before the answer was complete";
  const begin = async () => {
    const turn = traced([delta("Be"), delta("cause"), done]);
    const reader = (await turn.fetch("/api/chat", question)).body?.getReader();
    await reader?.read();
    page().send("beforeunload");
    await pass(0);
    return { ...turn, reader };
  };

  test("tells at once how the answer ends if it goes: Firefox gives it no more time", async () => {
    const { edge } = await begin();
    for (const action of ["end_generation", "update_trace"]) {
      expect(edge.actions().findLast((one) => one.action === action)?.data).toMatchObject({
        level: "WARNING",
        statusMessage: closed,
        output: "Be",
        metadata: { outcome: "abandoned" },
      });
    }
    expect(edge.sent.at(-1)).toMatchObject({ keepalive: true });
    expect(find(edge.actions(), "end_trace")).toEqual({});
  });

  test("takes that back where it stays", async () => {
    const { edge, reader } = await begin();
    for (let read = await reader?.read(); !read?.done; read = await reader?.read());
    await pass();
    for (const action of ["end_generation", "end_trace"]) {
      expect(edge.actions().findLast((one) => one.action === action)?.data).toMatchObject({
        level: "DEFAULT",
        statusMessage: "",
        output: "Because",
        metadata: { outcome: "completed" },
      });
    }
  });

  test.each([
    [1000, "abandoned", closed],
    [6000, "failed", "broken"],
  ])("a connection that breaks %d ms later is %s", async (ms, outcome, statusMessage) => {
    const { edge, options } = traced([]);
    const turn = traceChat({ ...options, message: "Why?" });
    void turn.calling();
    turn.responding(200);
    page().send("beforeunload");
    await pass(ms);
    turn.fail(new TypeError("broken"));
    await pass();
    const end = edge.actions().findLast(({ action }) => action === "end_trace");
    expect(end?.data).toMatchObject({ statusMessage, metadata: { outcome } });
  });
});

test("the first token is the first that the answer says, not the first bytes", async () => {
  const { edge, fetch } = traced([utf8.encode(": keep-alive\n\n"), delta(""), delta("Yes")]);
  const reader = (await fetch("/api/chat", question)).body?.getReader();
  for (let n = 0; n < 3; n += 1) {
    await pass(1000);
    await reader?.read();
  }
  await reader?.read();
  await pass();
  const { completionStartTime } = find(edge.actions(), "update_generation");
  expect(completionStartTime).toBe(1_790_000_003_000);
  expect(find(edge.actions(), "end_trace")).toMatchObject({
    metadata: { latencies: { first_chunk_received: 3000, time_to_first_token: 3000 } },
  });
});

test("reasoning and tools count as a first token, and a told cost is kept", async () => {
  const { edge, options } = traced([]);
  const turn = traceChat({ ...options, message: "Why?" });
  void turn.calling();
  turn.responding(200);
  turn.chunk({ text: "" });
  await pass(1000);
  turn.chunk({ text: "", begun: true });
  turn.end({ text: "", cost: { total: 1.5 } });
  await pass();
  const actions = edge.actions();
  expect(find(actions, "update_generation")["completionStartTime"]).toBe(1_790_000_001_000);
  expect(find(actions, "end_generation")).toMatchObject({ costDetails: { total: 1.5 } });
});

test.each(["data: Hi", 'data: {"choices":[{"message":{"content":"Hi"}}]}'])(
  "an answer that is known only at its end begins there: %s",
  async (text) => {
    const { edge, fetch } = traced([utf8.encode(text)]);
    await readAll(await fetch("/api/chat", question));
    await pass(0);
    const actions = edge.actions();
    expect(find(actions, "update_generation")["completionStartTime"]).toBe(1_790_000_000_000);
    expect(find(actions, "end_trace")).toMatchObject({
      output: "Hi",
      metadata: {
        latencies: {
          first_chunk_received: expect.any(Number) as number,
          time_to_first_token: expect.any(Number) as number,
          streaming: expect.any(Number) as number,
        },
      },
    });
  },
);

test.each(["data: Hi", "d"])("what came of an answer that is stopped is kept: %s", async (text) => {
  const { edge, fetch } = traced([], {
    fetch: async () => new Response(new Blob([text]).stream()),
  });
  const reader = (await fetch("/api/chat", question)).body?.getReader();
  await reader?.read();
  await reader?.cancel();
  await pass();
  expect(endOf(edge)).toMatchObject({ outcome: "stopped", output: text.replace("data: ", "") });
});
