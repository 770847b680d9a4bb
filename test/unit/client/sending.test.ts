import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type ClientOptions, LangfuseProxy } from "../../../src/client/index.ts";
import { fakeEdge, kept, results, status } from "./fake-edge.ts";

beforeEach(() => void vi.useFakeTimers({ now: 1_790_000_000_000 }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const proxyTo = (edge: { fetch: typeof fetch }, options: ClientOptions = {}): LangfuseProxy =>
  new LangfuseProxy({ fetch: edge.fetch, sessionId: "s1", ...options });

const span = (proxy: LangfuseProxy, name: string) =>
  proxy.createSpan({ traceId: "t1", spanId: name, name });
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test("actions go together after the interval, numbered from 1, with the time of each call", async () => {
  const edge = fakeEdge(kept);
  const proxy = proxyTo(edge);
  const first = span(proxy, "a");
  await pass(100);
  void span(proxy, "b");
  await pass(99);
  expect(edge.sent).toHaveLength(0);
  await pass(1);
  const [request] = edge.sent;
  expect(request).toMatchObject({ sessionId: "s1", sentAt: 1_790_000_000_200, dropped: {} });
  expect(request?.clientId).toMatch(/^[0-9a-f]{16}$/);
  expect(request?.actions).toEqual([
    {
      seq: 1,
      action: "create_span",
      data: { traceId: "t1", spanId: "a", name: "a" },
      at: 1_790_000_000_000,
    },
    {
      seq: 2,
      action: "create_span",
      data: { traceId: "t1", spanId: "b", name: "b" },
      at: 1_790_000_000_100,
    },
  ]);
  expect(await first).toEqual({ success: true, traceId: "t1", spanId: "a" });
});

test("a batch has a most of actions, and of bytes", async () => {
  const edge = fakeEdge(kept);
  const few = proxyTo(edge, { batchActions: 3 });
  for (const name of ["a", "b", "c", "d", "e"]) void span(few, name);
  await pass(1000);
  expect(edge.sent.map(({ actions }) => actions.length)).toEqual([3, 2]);
  expect(edge.actions().map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);

  const small = fakeEdge(kept);
  const proxy = proxyTo(small, { batchBytes: 1000 });
  void proxy.createSpan({ traceId: "t1", name: "big", input: "ä".repeat(2000) });
  for (let i = 0; i < 12; i += 1) void span(proxy, `s${i}`);
  await pass(1000);
  expect(small.sent[0]?.actions).toHaveLength(1);
  for (const { bytes } of small.sent.slice(1)) expect(bytes).toBeLessThan(1200);
  expect(small.actions().map(({ seq }) => seq)).toEqual(
    Array.from({ length: 13 }, (_, i) => i + 1),
  );
});

test("what fills a request goes at once, by number or by bytes", async () => {
  const edge = fakeEdge(kept);
  const proxy = proxyTo(edge, { batchActions: 2, batchBytes: 1000 });
  void span(proxy, "a");
  await pass(10);
  expect(edge.sent).toHaveLength(0);
  void span(proxy, "b");
  await pass(0);
  expect(edge.actions()).toHaveLength(2);
  void proxy.createSpan({ traceId: "t1", spanId: "c", input: "x".repeat(1000) });
  await pass(10);
  expect(edge.actions()).toHaveLength(2);

  const large = fakeEdge(kept);
  const other = proxyTo(large, { batchBytes: 1000 });
  void other.createSpan({ traceId: "t1", spanId: "c", input: "x".repeat(1000) });
  void span(other, "d");
  await pass(10);
  expect(large.actions()).toHaveLength(2);
});

test("a large action is not overtaken", async () => {
  const edge = fakeEdge(kept);
  const proxy = proxyTo(edge, { batchBytes: 1000 });
  void span(proxy, "a");
  void proxy.createSpan({ traceId: "t1", name: "big", input: "x".repeat(4000) });
  void span(proxy, "c");
  await pass(1000);
  expect(edge.actions().map(({ seq }) => seq)).toEqual([1, 2, 3]);
});

test("one request is under way at a time; what comes meanwhile goes next, in order", async () => {
  const replies: (() => void)[] = [];
  const edge = fakeEdge(
    (sent) => new Promise((resolve) => replies.push(() => resolve(kept(sent)))),
  );
  const proxy = proxyTo(edge);
  void span(proxy, "a");
  await pass(300);
  void span(proxy, "b");
  await pass(300);
  void span(proxy, "c");
  await pass(5000);
  expect(edge.sent).toHaveLength(1);
  replies[0]?.();
  await pass(0);
  expect(edge.sent).toHaveLength(2);
  expect(edge.actions().map(({ seq }) => seq)).toEqual([1, 2, 3]);
});

test("a flush takes everything along, in as many requests as it needs", async () => {
  const edge = fakeEdge(kept);
  const proxy = proxyTo(edge, { batchActions: 2 });
  const trace = proxy.trace({ traceId: "t1" }, Infinity);
  for (let i = 0; i < 4; i += 1) void trace.update({ metadata: { i } }, Infinity);
  expect(await proxy.flush()).toMatchObject({ success: true });
  expect(edge.sent.map(({ actions }) => actions.length)).toEqual([2, 2, 2]);
});

test("what is held goes with what goes next, not by itself", async () => {
  const edge = fakeEdge(kept);
  const proxy = proxyTo(edge);
  const trace = proxy.trace({ traceId: "t1" }, Infinity);
  await pass(60_000);
  expect(edge.sent).toHaveLength(0);
  void trace.end();
  await pass(200);
  expect(edge.actions().map(({ action }) => action)).toEqual(["create_trace", "end_trace"]);
});

describe("an edge that does not answer as it should", () => {
  test.each([429, 500, 503, 502])("%i: the same numbers go again", async (code) => {
    const edge = fakeEdge(status(code), kept);
    const proxy = proxyTo(edge);
    const answer = span(proxy, "a");
    await pass(200);
    expect(edge.sent).toHaveLength(1);
    await pass(1100);
    expect(edge.sent).toHaveLength(2);
    expect(edge.sent[1]?.actions).toEqual(edge.sent[0]?.actions);
    expect(edge.sent[1]?.clientId).toBe(edge.sent[0]?.clientId);
    expect(edge.sent[1]?.sentAt).toBeGreaterThan(edge.sent[0]?.sentAt ?? Infinity);
    expect(await answer).toMatchObject({ success: true });
  });

  test("Retry-After is waited for, also by what comes later", async () => {
    const edge = fakeEdge(status(429, { "retry-after": "30" }), kept);
    const proxy = proxyTo(edge);
    void span(proxy, "a");
    await pass(200);
    void span(proxy, "b");
    await pass(30_000);
    expect(edge.sent).toHaveLength(1);
    await pass(1500);
    expect(edge.sent).toHaveLength(2);
    expect(edge.sent[1]?.actions.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  test.each([
    ["nothing", () => Promise.reject(new TypeError("Failed to fetch"))],
    ["a page of HTML", () => new Response("<html>", { status: 200 })],
    ["JSON that says nothing", () => Response.json({ hello: "world" })],
    ["null", () => Response.json(null)],
    ["results of another number", () => Response.json({ results: [] })],
    ["results of another shape", () => Response.json({ results: [null] })],
  ])("%s: it is tried again", async (_what, reply) => {
    const edge = fakeEdge(reply, kept);
    const proxy = proxyTo(edge);
    const answer = span(proxy, "a");
    await pass(2000);
    expect(edge.sent).toHaveLength(2);
    expect(await answer).toMatchObject({ success: true });
  });

  const refusals = Array.from({ length: 100 }, (_, i) => 400 + i).filter((code) => code !== 429);
  test.each(refusals)("%i: it is not tried again, but counted", async (code) => {
    const edge = fakeEdge(status(code), kept);
    const onDrop = vi.fn();
    const proxy = proxyTo(edge, { onDrop });
    const answer = span(proxy, "a");
    await pass(60_000);
    expect(edge.sent).toHaveLength(1);
    expect(await answer).toMatchObject({ success: false, error: { code: "busy" }, spanId: "a" });
    expect(onDrop.mock.calls).toEqual([["send_error", 1]]);
    void span(proxy, "b");
    await pass(200);
    expect(edge.sent[1]?.dropped).toEqual({ send_error: 1 });
  });

  test("of a batch only what a repeat can help goes again", async () => {
    const refused = { success: false, error: { code: "invalid_data", retryable: false } };
    const later = { success: false, error: { code: "unavailable", retryable: true } };
    const edge = fakeEdge(() => results([{ success: true }, later, refused]), kept);
    const proxy = proxyTo(edge);
    const answers = ["a", "b", "c"].map((name) => span(proxy, name));
    await pass(2000);
    expect(edge.sent.map(({ actions }) => actions.map(({ seq }) => seq))).toEqual([[1, 2, 3], [2]]);
    const successes = (await Promise.all(answers)).map(({ success }) => success);
    expect(successes).toEqual([true, true, false]);
  });

  test("it is given up at last, by its reason, and the next is tried anew", async () => {
    const onDrop = vi.fn();
    const edge = fakeEdge(...Array.from({ length: 7 }, () => status(429)), kept);
    const proxy = proxyTo(edge, { onDrop });
    void span(proxy, "a");
    void span(proxy, "b");
    await pass(200_000);
    expect(edge.sent).toHaveLength(6);
    expect(onDrop.mock.calls).toEqual([["ratelimit_backoff", 2]]);
    const answer = span(proxy, "c");
    await pass(1300);
    expect(edge.sent.slice(6).map(({ actions }) => actions.map(({ seq }) => seq))).toEqual([
      [3],
      [3],
    ]);
    expect(edge.sent[6]).toMatchObject({ dropped: { ratelimit_backoff: 2 } });
    expect(await answer).toMatchObject({ success: true });
  });

  test("where nothing is lost, nothing is counted", async () => {
    const onDrop = vi.fn();
    const proxy = proxyTo(fakeEdge(status(503)), { onDrop });
    const answer = proxy.flush();
    await pass(200_000);
    expect(await answer).toMatchObject({ success: false });
    expect(onDrop).not.toHaveBeenCalled();
  });

  test("a network that fails is called so", async () => {
    const onDrop = vi.fn();
    const proxy = proxyTo(
      fakeEdge(() => Promise.reject(new TypeError("x"))),
      { onDrop },
    );
    void span(proxy, "a");
    await pass(200_000);
    expect(onDrop.mock.calls).toEqual([["network_error", 1]]);
  });

  test("a call's promise does not wait for ever", async () => {
    const edge = fakeEdge(() => new Promise(() => {}));
    const answer = span(proxyTo(edge), "a");
    await pass(5000);
    expect(await answer).toMatchObject({ success: false, error: { code: "unanswered" } });
  });

  test("a request that is never answered is cut off and tried again", async () => {
    vi.useRealTimers();
    let again = (): void => {};
    const tried = new Promise<void>((resolve) => (again = resolve));
    let calls = 0;
    const proxy = new LangfuseProxy({
      timeoutMs: 20,
      flushMs: 0,
      fetch: (_url, init) =>
        new Promise((_resolve, reject) => {
          calls += 1;
          if (calls === 2) again();
          init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
        }),
    });
    void span(proxy, "a");
    await tried;
    expect(calls).toBe(2);
  });
});

describe("what never leaves", () => {
  test("more than the queue holds", async () => {
    const onDrop = vi.fn();
    const edge = fakeEdge(kept);
    const proxy = proxyTo(edge, { queueBytes: 150, onDrop });
    const answers = ["a", "b", "c"].map((name) => span(proxy, name));
    expect(await answers[2]).toMatchObject({ success: false, error: { code: "queue_overflow" } });
    expect(onDrop.mock.calls).toEqual([["queue_overflow", 1]]);
    await pass(200);
    expect(edge.sent[0]).toMatchObject({ dropped: { queue_overflow: 1 } });
    void span(proxy, "d");
    await pass(200);
    expect(edge.actions().map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  test("what the app's filter holds back, also where it throws", async () => {
    const onDrop = vi.fn();
    const edge = fakeEdge(kept);
    const proxy = proxyTo(edge, {
      onDrop,
      beforeSend: (action, data) => {
        if (action === "create_event") return null;
        if (action === "create_span") throw new Error("filter");
        return { ...data, input: "***" };
      },
    });
    void proxy.createEvent({ traceId: "t1" });
    void span(proxy, "a");
    void proxy.createTrace({ traceId: "t1", input: "secret" });
    await pass(200);
    expect(edge.actions()).toMatchObject([{ seq: 1, data: { input: "***" } }]);
    expect(onDrop.mock.calls).toEqual([
      ["before_send", 1],
      ["before_send", 1],
    ]);
  });

  test("what has no JSON", async () => {
    const onDrop = vi.fn();
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    const proxy = proxyTo(fakeEdge(kept), { onDrop });
    const answer = await proxy.createTrace({ traceId: "t1", metadata: circle });
    expect(answer).toMatchObject({ success: false, error: { code: "internal_sdk_error" } });
    expect(onDrop).toHaveBeenCalledWith("internal_sdk_error", 1);
  });

  test("and an app whose onDrop throws goes on", async () => {
    const edge = fakeEdge(kept);
    const proxy = proxyTo(edge, {
      queueBytes: 1,
      onDrop: () => {
        throw new Error("app");
      },
    });
    void span(proxy, "a");
    void span(proxy, "b");
    await pass(200);
    expect(edge.actions()).toHaveLength(1);
  });
});

test("a large batch is compressed, a small one is not", async () => {
  vi.useRealTimers();
  const edge = fakeEdge(kept);
  const proxy = proxyTo(edge, { flushMs: 0 });
  await proxy.createSpan({ traceId: "t1", input: "hello ".repeat(5000) });
  expect(edge.sent[0]?.headers["content-encoding"]).toBe("gzip");
  expect(edge.sent[0]?.bytes).toBeLessThan(1000);
  expect(edge.sent[0]?.actions[0]?.data["input"]).toBe("hello ".repeat(5000));
  await span(proxy, "a");
  expect(edge.sent[1]?.headers).not.toHaveProperty("content-encoding");
});

test("flush sends at once, last in the batch and without a number", async () => {
  const edge = fakeEdge((sent) =>
    Response.json({
      results: sent.actions.map(({ action }) =>
        action === "flush" ? { success: true, pending: 7 } : { success: true },
      ),
    }),
  );
  const proxy = proxyTo(edge);
  void span(proxy, "a");
  const answer = proxy.flush({ deliver: true });
  expect(await answer).toEqual({ success: true, pending: 7 });
  expect(edge.actions()).toMatchObject([
    { seq: 1, action: "create_span" },
    { action: "flush", data: { deliver: true } },
  ]);
  expect(edge.actions()[1]).not.toHaveProperty("seq");
});

test.each<[string, object]>([
  ["an unknown option", { endpont: "/x" }],
  ["another kind", { flushMs: "200" }],
  ["a negative number", { timeoutMs: -1 }],
  ["no function", { onDrop: true }],
  ["a secret key", { publicKey: "sk-lf-secret" }],
])("bad options are refused at construction: %s", (_what, options) => {
  expect(() => new LangfuseProxy(options)).toThrow(TypeError);
  expect(() => new LangfuseProxy(options)).not.toThrow(/secret/);
});

test("options that are undefined are as good as absent", () => {
  expect(() => new LangfuseProxy({ token: undefined, onDrop: undefined })).not.toThrow();
});
