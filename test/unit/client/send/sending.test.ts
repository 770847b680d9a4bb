import { expect, test, vi } from "vitest";
import { LangfuseProxy } from "../../../../src/client/index.ts";
import { fakeEdge, kept } from "../fake-edge.ts";
import { eachAtItsTime, pass, proxyTo, span } from "../trace/proxy-under-test.ts";

eachAtItsTime();

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
