import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  type ClientOptions,
  LangfuseProxy,
  type OfflineQueue,
} from "../../../../src/client/index.ts";
import { fakeEdge, fakePage, kept, status } from "../fake-edge.ts";

let page: ReturnType<typeof fakePage>;
beforeEach(() => {
  vi.useFakeTimers();
  page = fakePage();
  for (const [name, value] of Object.entries(page.globals)) vi.stubGlobal(name, value);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const proxyTo = (edge: { fetch: typeof fetch }, options: ClientOptions = {}): LangfuseProxy =>
  new LangfuseProxy({ fetch: edge.fetch, sessionId: "s1", ...options });
const span = (proxy: LangfuseProxy, name: string, input?: string) =>
  proxy.createSpan({ traceId: "t1", spanId: name, input });
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

function memoryQueue() {
  const all: Parameters<OfflineQueue["keep"]>[] = [];
  const cleared = vi.fn();
  const queue: OfflineQueue = {
    keep: (...kept) => void all.push(kept),
    drain: async (owner, attempt) => {
      for (const [of, from, actions] of all.splice(0)) {
        if (of === owner) await attempt(from, actions, () => true);
      }
    },
    clear: cleared,
  };
  return { queue, all, cleared };
}

test.each(["pagehide", "visibilitychange"])("%s sends at once what is left", async (sign) => {
  const edge = fakeEdge(kept);
  const proxy = proxyTo(edge);
  void span(proxy, "a");
  page.globals.document.hidden = sign !== "pagehide";
  page.send(sign);
  await pass();
  expect(edge.sent).toMatchObject([{ keepalive: true, actions: [{ seq: 1 }] }]);
});

test.each(["pagehide", "visibilitychange"])(
  "%s also what waits for a retry, and behind a request that does not end",
  async (sign) => {
    page.globals.document.hidden = sign !== "pagehide";
    const edge = fakeEdge(status(503, { "retry-after": "60" }), () => new Promise(() => {}), kept);
    const proxy = proxyTo(edge);
    void span(proxy, "a");
    await pass(200);
    page.send(sign);
    await pass();
    void span(proxy, "b");
    page.send(sign);
    await pass();
    const numbers = edge.sent.map(({ actions }) => actions.map(({ seq }) => seq));
    expect(numbers).toEqual([[1], [1], [2]]);
  },
);

test("all that outlives the page stays under 64 KiB of UTF-8, whatever fits goes", async () => {
  const edge = fakeEdge(() => new Promise(() => {}));
  const proxy = proxyTo(edge, { batchBytes: 20_000, sessionId: "ß".repeat(200) });
  for (let i = 0; i < 40; i += 1) void span(proxy, `s${i}`, "ä".repeat(i % 2 ? 2500 : 30_000));
  page.send("pagehide");
  await pass();
  const lasting = edge.sent.filter(({ keepalive }) => keepalive);
  const bytes = lasting.reduce((sum, request) => sum + request.bytes, 0);
  expect(bytes).toBeLessThanOrEqual(65_536);
  expect(bytes).toBeGreaterThan(50_000);
});

test("what has no room under the budget goes on by itself while the page lives", async () => {
  vi.useRealTimers();
  let second = (): void => {};
  const twice = new Promise<void>((resolve) => (second = resolve));
  const edge = fakeEdge(kept, (sent) => {
    second();
    return kept(sent);
  });
  const proxy = proxyTo(edge);
  for (let i = 0; i < 4; i += 1) void span(proxy, `s${i}`, "x ".repeat(14_000));
  page.send("pagehide");
  await twice;
  expect(edge.actions().map(({ seq }) => seq)).toEqual([1, 2, 3]);
});

test("a request too large to outlive the page is sent again in part, and counted once", async () => {
  vi.useRealTimers();
  const replies: ((response: Response) => void)[] = [];
  const arrivals = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const onDrop = vi.fn();
  const held = () =>
    new Promise<Response>((resolve) => {
      replies.push(resolve);
      arrivals[replies.length - 1]?.resolve();
    });
  const edge = fakeEdge(held, held, kept);
  const proxy = proxyTo(edge, { batchBytes: 100_000, onDrop });
  const answers = ["a", "b"].map((name) => span(proxy, name, "x".repeat(40_000)));
  await arrivals[0]?.promise;
  page.send("pagehide");
  await arrivals[1]?.promise;
  const numbers = edge.sent.map(({ keepalive, actions }) => [keepalive, actions.length]);
  expect(numbers).toEqual([
    [false, 2],
    [true, 1],
  ]);
  for (const reply of replies) reply(new Response(null, { status: 404 }));
  await Promise.all(answers);
  await proxy.flush();
  expect(onDrop.mock.calls).toEqual([
    ["send_error", 1],
    ["send_error", 1],
  ]);
});

test("offline, without a place to keep: it waits in memory for the network", async () => {
  const edge = fakeEdge(kept);
  const proxy = proxyTo(edge);
  vi.stubGlobal("navigator", { onLine: false });
  void span(proxy, "a");
  await pass(100_000);
  expect(edge.sent).toHaveLength(0);
  vi.stubGlobal("navigator", { onLine: true });
  page.send("online");
  await pass();
  expect(edge.actions().map(({ seq }) => seq)).toEqual([1]);
});

test("offline, it is kept with its numbers, and sent by who is back", async () => {
  const edge = fakeEdge(kept);
  const { queue, all } = memoryQueue();
  const proxy = proxyTo(edge, { offline: queue });
  vi.stubGlobal("navigator", { onLine: false });
  const answer = span(proxy, "a");
  void proxy.flush();
  await pass(200);
  expect(await answer).toMatchObject({ success: false, error: { code: "offline" } });
  expect(all).toHaveLength(1);
  vi.stubGlobal("navigator", { onLine: true });
  page.send("online");
  await pass();
  void span(proxy, "b");
  await pass(200);
  expect(edge.sent.map(({ actions }) => actions.map(({ seq }) => seq))).toEqual([[1], [2]]);
  expect(edge.sent[1]?.clientId).toBe(edge.sent[0]?.clientId);
});

test("a hidden page that is online again sends what was kept, too", async () => {
  const edge = fakeEdge(kept);
  const { queue, all } = memoryQueue();
  const proxy = proxyTo(edge, { offline: queue });
  vi.stubGlobal("navigator", { onLine: false });
  void span(proxy, "a");
  await pass(200);
  expect(all).toHaveLength(1);
  vi.stubGlobal("document", { hidden: true });
  vi.stubGlobal("navigator", { onLine: true });
  page.send("online");
  await pass();
  expect(edge.actions().map(({ seq }) => seq)).toEqual([1]);
});

test("when the edge is away, what is left at the end is kept, not risked on a last request", async () => {
  const edge = fakeEdge(status(503, { "retry-after": "60" }), kept);
  const { queue, all } = memoryQueue();
  const proxy = proxyTo(edge, { offline: queue });
  void span(proxy, "a");
  await pass(200);
  void span(proxy, "b");
  page.send("pagehide");
  await pass();
  expect(edge.sent).toHaveLength(1);
  expect(all.map(([, , actions]) => actions.length)).toEqual([2]);
});

test("the network goes while a retry is waited for: what waits and what comes then is kept", async () => {
  const edge = fakeEdge(status(503, { "retry-after": "60" }), kept);
  const { queue, all } = memoryQueue();
  const proxy = proxyTo(edge, { offline: queue });
  void span(proxy, "a");
  await pass(200);
  vi.stubGlobal("navigator", { onLine: false });
  page.send("offline");
  expect(all.map(([, , actions]) => actions.length)).toEqual([1]);
  void span(proxy, "b");
  await pass(200);
  expect(all.map(([, , actions]) => actions.length)).toEqual([1, 1]);
});

test("with a place to keep, an edge that is away for long loses nothing", async () => {
  const edge = fakeEdge(status(503));
  const { queue } = memoryQueue();
  const onDrop = vi.fn();
  void span(proxyTo(edge, { offline: queue, onDrop }), "a");
  await pass(600_000);
  expect(edge.sent.length).toBeGreaterThan(10);
  expect(onDrop).not.toHaveBeenCalled();
});

test("what was kept cannot be sent: what is new does not wait for it", async () => {
  const edge = fakeEdge(kept);
  const { queue } = memoryQueue();
  queue.drain = () => Promise.reject(new Error("the edge is away"));
  const proxy = proxyTo(edge, { offline: queue });
  const answer = span(proxy, "a");
  await pass();
  await pass(200);
  expect(await answer).toMatchObject({ success: true });
});

test("another user's page does not get it", async () => {
  const edge = fakeEdge(kept);
  const { queue } = memoryQueue();
  vi.stubGlobal("navigator", { onLine: false });
  void span(proxyTo(edge, { offline: queue, userId: "ada" }), "a");
  await pass(200);
  vi.stubGlobal("navigator", { onLine: true });
  proxyTo(edge, { offline: queue, userId: "bob" });
  await pass(1000);
  expect(edge.sent).toHaveLength(0);
});

test("logout: what the last try could not bring is given up, and counted; the key stays", async () => {
  const edge = fakeEdge(status(503), kept);
  const onDrop = vi.fn();
  const proxy = proxyTo(edge, { publicKey: "pk-lf-1", onDrop });
  const answer = span(proxy, "a");
  proxy.reset({ sessionId: "s2" });
  await pass(1000);
  expect(await answer).toMatchObject({ error: { code: "send_error" } });
  expect(onDrop.mock.calls).toEqual([["send_error", 1]]);
  void span(proxy, "b");
  await pass(200);
  expect(edge.sent.map(({ headers }) => headers["authorization"])).toEqual([
    "Bearer pk-lf-1",
    "Bearer pk-lf-1",
  ]);
});

test("logout: one last try under the old name, nothing after it, and nothing is kept", async () => {
  const edge = fakeEdge(status(503), kept);
  const { queue, cleared } = memoryQueue();
  const onDrop = vi.fn();
  const proxy = proxyTo(edge, { userId: "ada", token: "ada-token", offline: queue, onDrop });
  const trace = proxy.trace({ traceId: "t1" });
  proxy.reset({ userId: "bob", token: "bob-token", sessionId: "s2" });
  void trace.end();
  await pass(100_000);
  expect(edge.sent).toHaveLength(1);
  expect(edge.sent[0]).toMatchObject({
    sessionId: "s1",
    headers: { authorization: "Bearer ada-token" },
  });
  expect(cleared).toHaveBeenCalledOnce();
  void span(proxy, "b");
  await pass(200);
  expect(edge.sent[1]).toMatchObject({
    sessionId: "s2",
    headers: { authorization: "Bearer bob-token" },
    actions: [{ seq: 1, data: { spanId: "b" } }],
  });
  expect(edge.sent[1]?.clientId).not.toBe(edge.sent[0]?.clientId);
});
