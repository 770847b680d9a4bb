// The readers are a chunk of their own: what an answer says before they are there is read when they are.
import { afterEach, expect, test, vi } from "vitest";
import type { ChatTurn, TurnOptions } from "../../../../src/client/chat.ts";
import { LangfuseProxy } from "../../../../src/client/index.ts";
import { fakeEdge, kept } from "../fake-edge.ts";
import { delta, eachOnAPage, find, pass, question, readAll, sse } from "./chat-under-test.ts";
import { PATIENTLY } from "../../../support/until.ts";

const page = eachOnAPage();
const NOW = 1_790_000_000_000;
/** An answer of the AI SDK, as the `GET` of its chat gets it. */
const resumed = (): Response =>
  new Response(
    new Blob([
      sse({ type: "text-delta", id: "0", delta: "Because" }),
      sse({ type: "finish" }),
    ]).stream(),
    { headers: { "x-vercel-ai-ui-message-stream": "v1" } },
  );
const READING = "../../../../src/client/reading/reading.ts";

afterEach(() => {
  vi.doUnmock(READING);
  vi.resetModules();
});

/** A page that has just been opened; its readers come when they are let. */
async function fresh() {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => {});
  vi.resetModules();
  const reading = await vi.importActual<object>(READING);
  vi.doMock(READING, async () => {
    await promise;
    return reading;
  });
  const { traceChat, tracedFetch } = await import("../../../../src/client/chat.ts");
  const edge = fakeEdge(kept);
  const client = new LangfuseProxy({ fetch: edge.fetch, sessionId: "s1" });
  let say: ReadableStreamDefaultController<Uint8Array> | undefined;
  const turnOf = (more: Partial<TurnOptions> = {}): ChatTurn => traceChat({ client, ...more });
  const fetch = tracedFetch({
    client,
    fetch: async (url, init) => {
      if (url === "/resumed") return resumed();
      init?.signal?.throwIfAborted();
      if (init?.cache === "no-store") throw new TypeError("fetch failed");
      return new Response(
        new ReadableStream<Uint8Array>({ start: (stream) => void (say = stream) }),
        {
          headers: { "content-type": "text/event-stream" },
        },
      );
    },
  });
  const settled = (): Promise<void> =>
    vi.waitFor(async () => {
      await pass();
      expect(edge.actions().map(({ action }) => action)).toContain("end_trace");
    }, PATIENTLY);
  return { edge, fetch, turnOf, arrive: resolve, lose: reject, settled, say: () => say! };
}

test("the text does not wait for them, and its times are those at which it came", async () => {
  const { edge, fetch, say, arrive, settled } = await fresh();
  const response = await fetch("/api/chat", question);
  const reader = response.body!.getReader();
  await pass(100);
  for (const chunk of [delta("Be"), delta("cause")]) {
    const bytes = chunk.slice();
    say().enqueue(chunk);
    expect((await reader.read()).value).toEqual(bytes);
    // The page may do with its bytes what it likes.
    chunk.fill(0);
    await pass(100);
  }
  say().close();
  expect((await reader.read()).done).toBe(true);
  await pass(1000);
  expect(find(edge.actions(), "end_trace")).toEqual({});
  arrive();
  await settled();
  expect(find(edge.actions(), "end_generation")).toMatchObject({
    output: "Because",
    model: "gpt-5",
    metadata: { outcome: "completed", chunkCount: 2 },
  });
  const updates = edge.actions().filter(({ action }) => action === "update_generation");
  expect(updates.flatMap(({ data }) => data["completionStartTime"] ?? [])).toEqual([NOW + 100]);
  const { latencies } = find(edge.actions(), "end_trace")["metadata"] as {
    latencies: Record<string, number>;
  };
  expect(latencies["first_text"]).toBe(100);
});

test("where they do not come, the turn is timed all the same and says so", async () => {
  const { edge, fetch, say, lose, settled } = await fresh();
  const response = await fetch("/api/chat", question);
  say().enqueue(delta("Be"));
  say().close();
  await readAll(response);
  lose(new TypeError("Failed to fetch dynamically imported module"));
  await settled();
  expect(find(edge.actions(), "create_generation")).toMatchObject({ completionStartTime: NOW });
  expect(find(edge.actions(), "end_generation")).toMatchObject({
    metadata: { outcome: "completed", unread: true },
  });
});

test("nor after ten seconds", async () => {
  const { edge, fetch, say } = await fresh();
  const response = await fetch("/api/chat", question);
  say().enqueue(delta("Be"));
  say().close();
  await readAll(response);
  await pass(9_000);
  expect(find(edge.actions(), "end_trace")).toEqual({});
  await pass(2_000);
  expect(find(edge.actions(), "end_trace")).toMatchObject({ metadata: { unread: true } });
});

test("a page that is closed before they are there has told its turn", async () => {
  const { edge, fetch, say } = await fresh();
  const response = await fetch("/api/chat", question);
  say().enqueue(delta("Be"));
  await response.body!.getReader().read();
  page().send("pagehide");
  await pass();
  expect(find(edge.actions(), "end_trace")).toMatchObject({ metadata: { outcome: "abandoned" } });
});

test.each([
  ["failed", { cache: "no-store" }],
  ["stopped", { signal: AbortSignal.abort() }],
] as const)("a request that has %s before they are there says so", async (outcome, init) => {
  for (const isLost of [false, true]) {
    const { edge, fetch, arrive, lose, settled } = await fresh();
    await expect(fetch("/api/chat", { ...question, ...init })).rejects.toThrow(/fail|abort/);
    await pass(100);
    expect(find(edge.actions(), "end_trace")).toEqual({});
    if (isLost) lose(new TypeError("Failed to fetch dynamically imported module"));
    else arrive();
    await settled();
    expect(find(edge.actions(), "end_trace")).toMatchObject({ metadata: { outcome } });
    expect(edge.actions().filter(({ action }) => action === "end_trace")).toHaveLength(1);
  }
});

test("a tool that runs before they are there is told with its times, and runs at once", async () => {
  const { edge, turnOf, arrive } = await fresh();
  const turn = turnOf();
  await pass(100);
  const ran = turn.tool("where", { q: 1 }, async () => {
    await pass(100);
    return "Graz";
  });
  expect(await ran).toBe("Graz");
  const failing = turn.tool("when", {}, () => {
    throw new Error("no clock");
  });
  await expect(failing).rejects.toThrow("no clock");
  await pass(500);
  arrive();
  await vi.waitFor(async () => {
    turn.end({ text: "Graz." });
    await pass();
    expect(find(edge.actions(), "end_trace")).toMatchObject({ output: "Graz." });
  }, PATIENTLY);
  expect(find(edge.actions(), "create_observation")).toMatchObject({
    type: "tool",
    name: "where",
    startTime: NOW + 100,
  });
  const ends = edge.actions().filter(({ action }) => action === "end_span");
  expect(ends.map(({ data }) => data).filter(({ output, level }) => output ?? level)).toMatchObject(
    [
      { output: "Graz", endTime: NOW + 200 },
      { level: "ERROR", statusMessage: "no clock" },
    ],
  );
});

test("feedback says so where they do not come", async () => {
  const { edge, turnOf, lose } = await fresh();
  const turn = turnOf();
  const early = turn.feedback(true);
  lose(new TypeError("Failed to fetch dynamically imported module"));
  expect(await early).toEqual({ success: false, error: { code: "not_loaded" } });
  expect(find(edge.actions(), "create_score")).toEqual({});
});

test("feedback that is given before they are there is sent when they are", async () => {
  const { edge, turnOf, arrive } = await fresh();
  const early = turnOf().feedback(true);
  arrive();
  await vi.waitFor(async () => {
    await pass();
    expect(find(edge.actions(), "create_score")).toMatchObject({ value: true });
  }, PATIENTLY);
  expect(await early).toMatchObject({ success: true });
});

test("a page that comes back after it was left before they were there tells its next request", async () => {
  const { edge, turnOf, arrive } = await fresh();
  const turn = turnOf();
  void turn.calling();
  turn.responding(200);
  page().send("pagehide");
  arrive();
  await pass();
  void turn.calling();
  turn.responding(200);
  turn.end({ text: "Again." });
  await vi.waitFor(async () => {
    await pass();
    const ends = edge.actions().filter(({ action }) => action === "end_generation");
    expect(ends.map(({ data }) => data["output"])).toEqual([undefined, "Again."]);
  }, PATIENTLY);
});

test("of more than 4 MB that came before, the rest is not kept, and the turn says so", async () => {
  const { edge, fetch, say, arrive, settled } = await fresh();
  const response = await fetch("/api/chat", question);
  say().enqueue(delta("Be"));
  for (let n = 0; n < 5; n += 1) say().enqueue(sse({ filler: "x".repeat(1_000_000) }));
  say().enqueue(delta("cause"));
  say().close();
  await readAll(response);
  arrive();
  await settled();
  expect(find(edge.actions(), "end_generation")).toMatchObject({
    output: "Be",
    metadata: { unread: true, chunkCount: 7 },
  });
});

test("a request with the results of tools waits for them, and goes on with its turn", async () => {
  const { edge, fetch, say, arrive } = await fresh();
  const call = { index: 0, id: "t1", function: { name: "where", arguments: "{}" } };
  const response = await fetch("/api/chat", question);
  say().enqueue(sse({ choices: [{ index: 0, delta: { tool_calls: [call] } }] }));
  say().close();
  await readAll(response);
  const message = { role: "tool", tool_call_id: "t1", content: "Graz" };
  const next = fetch("/api/chat", {
    method: "POST",
    body: JSON.stringify({ messages: [message] }),
  });
  arrive();
  const answer = await next;
  say().enqueue(delta("Graz"));
  say().close();
  await readAll(answer);
  await pass();
  const names = edge.actions().map(({ action }) => action);
  expect(names.filter((name) => name === "create_trace")).toHaveLength(1);
  expect(names.filter((name) => name === "create_generation")).toHaveLength(2);
  expect(find(edge.actions(), "end_trace")).toMatchObject({ output: "Graz" });
});

test("a resumed answer does not wait for them, and is told with its times when they are there", async () => {
  const { edge, fetch, arrive, settled } = await fresh();
  const response = await fetch("/resumed");
  await pass(100);
  expect(await response.text()).toContain("Because");
  await pass(1000);
  expect(edge.actions()).toEqual([]);
  arrive();
  await settled();
  expect(find(edge.actions(), "create_span")).toMatchObject({ startTime: NOW });
  expect(find(edge.actions(), "end_span")).toMatchObject({ endTime: NOW });
  expect(find(edge.actions(), "end_generation")).toMatchObject({
    output: "Because",
    endTime: NOW + 100,
    metadata: { outcome: "completed" },
  });
});

test("where they do not come, a resumed answer is the page's alone", async () => {
  const { edge, fetch, lose } = await fresh();
  const response = await fetch("/resumed");
  lose(new TypeError("Failed to fetch dynamically imported module"));
  await pass(100);
  expect(await response.text()).toContain("Because");
  await pass(1000);
  expect(edge.actions()).toEqual([]);
});

test("a long message is told with its beginning as soon as they are there", async () => {
  const { edge, turnOf, arrive } = await fresh();
  const message = "long ".repeat(50_000);
  const turn = turnOf({ message });
  void turn.calling();
  await pass(3000);
  expect(find(edge.actions(), "create_trace")).toMatchObject({
    metadata: { messageLength: 250_000 },
  });
  expect(find(edge.actions(), "create_trace")["input"]).toBeUndefined();
  arrive();
  turn.responding(200);
  turn.end();
  await vi.waitFor(async () => {
    await pass();
    expect(find(edge.actions(), "end_trace")).not.toEqual({});
  }, PATIENTLY);
  const { input } = find(edge.actions(), "update_trace") as { input: { message: string } };
  expect(input.message).toMatch(/^(long ){20000} \[cut: 250000 characters, more of them on/);
  expect(find(edge.actions(), "create_generation")["input"]).toBe(message);
});

test("results that a turn posts by hand before they are there end its tools", async () => {
  const { edge, turnOf, arrive } = await fresh();
  const call = { index: 0, id: "t1", function: { name: "where", arguments: "{}" } };
  const answers = [sse({ choices: [{ index: 0, delta: { tool_calls: [call] } }] }), delta("Graz")];
  const turn = turnOf({
    fetch: async () =>
      new Response(new Blob([answers.shift() as Uint8Array<ArrayBuffer>]).stream(), {
        headers: { "content-type": "text/event-stream" },
      }),
  });
  await readAll(await turn.fetch("/api/chat", question));
  const message = { role: "tool", tool_call_id: "t1", content: "Graz" };
  const body = JSON.stringify({ messages: [message] });
  await readAll(await turn.fetch("/api/chat", { method: "POST", body }));
  arrive();
  await vi.waitFor(async () => {
    await pass();
    expect(find(edge.actions(), "end_trace")).toMatchObject({ output: "Graz" });
  }, PATIENTLY);
  const ends = edge.actions().filter(({ action }) => action === "end_span");
  expect(ends.map(({ data }) => data["output"])).toContain("Graz");
  expect(find(edge.actions(), "create_observation")).toMatchObject({ name: "where" });
});

test("what comes after it is known that they do not come is told all the same, each request by itself", async () => {
  const { edge, turnOf, lose } = await fresh();
  const turn = turnOf();
  lose(new TypeError("Failed to fetch dynamically imported module"));
  void turn.calling();
  await pass(100);
  turn.responding(200);
  await pass(100);
  expect(find(edge.actions(), "end_trace")).toEqual({});
  turn.end();
  await pass();
  expect(find(edge.actions(), "end_trace")).toMatchObject({ metadata: { outcome: "completed" } });
  void turn.calling();
  await pass(100);
  turn.fail(new TypeError("fetch failed"));
  await pass();
  const ends = edge.actions().filter(({ action }) => action === "end_trace");
  expect(ends.map(({ data }) => (data["metadata"] as { outcome: string }).outcome)).toEqual([
    "completed",
    "failed",
  ]);
});

test("what was told before they came and can't be understood costs only itself", async () => {
  const { edge, turnOf, arrive, settled } = await fresh();
  const turn = turnOf({ message: "Why?" });
  turn.responding(200);
  turn.chunk(null as never);
  await pass(500);
  turn.end({ text: "Because" });
  arrive();
  await settled();
  expect(find(edge.actions(), "end_generation")).toMatchObject({
    output: "Because",
    metadata: { outcome: "completed" },
  });
});

test("where they do not come while a turn's second request is under way, that is told to its end", async () => {
  const { edge, turnOf, lose } = await fresh();
  const turn = turnOf();
  void turn.calling();
  turn.responding(200);
  turn.end();
  await pass(1000);
  void turn.calling();
  await pass(100);
  lose(new TypeError("Failed to fetch dynamically imported module"));
  await pass(1000);
  expect(find(edge.actions(), "end_trace")).toEqual({});
  turn.responding(200);
  turn.fail(new TypeError("fetch failed"));
  await pass();
  expect(find(edge.actions(), "end_trace")).toMatchObject({ metadata: { outcome: "failed" } });
  expect(find(edge.actions(), "create_generation")).toMatchObject({ startTime: NOW + 1000 });
});
