// How long calls wait for company and for an answer, and that the page pays for few timers and requests.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type ClientOptions, LangfuseProxy } from "../../../../src/client/index.ts";
import { fakeEdge, kept } from "../fake-edge.ts";

beforeEach(() => void vi.useFakeTimers({ now: 1_790_000_000_000 }));
afterEach(() => void vi.useRealTimers());

const proxyTo = (edge: { fetch: typeof fetch }, options: ClientOptions = {}): LangfuseProxy =>
  new LangfuseProxy({ fetch: edge.fetch, sessionId: "s1", ...options });
const span = (proxy: LangfuseProxy, name: string) =>
  proxy.createSpan({ traceId: "t1", spanId: name, name });
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test("fifty calls need no more timers than one", async () => {
  const edge = fakeEdge(kept);
  const proxy = proxyTo(edge);
  void span(proxy, "first");
  const ofOne = vi.getTimerCount();
  for (let n = 1; n < 50; n += 1) void span(proxy, `s${n}`);
  expect(vi.getTimerCount()).toBe(ofOne);
  await pass(200);
  expect(edge.sent.map(({ actions }) => actions.length)).toEqual([50]);
  await pass(5000);
  expect(vi.getTimerCount()).toBe(0);
});

test("a shorter wait counts from its own call, and takes along what would have waited longer", async () => {
  const edge = fakeEdge(kept);
  const proxy = proxyTo(edge);
  const trace = proxy.trace({ traceId: "t1" }, 2000);
  await pass(1000);
  void trace.update({ metadata: { n: 1 } });
  void trace.update({ metadata: { n: 2 } }, 1000);
  await pass(199);
  expect(edge.sent).toHaveLength(0);
  await pass(1);
  expect(edge.sent.map(({ actions }) => actions.length)).toEqual([3]);
  await pass(10_000);
  expect(edge.sent).toHaveLength(1);
});

test("what is under way hurries nobody: a later call waits for company as long as any", async () => {
  const replies: (() => void)[] = [];
  const edge = fakeEdge(
    (sent) => new Promise((resolve) => replies.push(() => resolve(kept(sent)))),
  );
  const proxy = proxyTo(edge);
  void span(proxy, "a");
  await pass(50);
  void span(proxy, "b");
  await pass(160);
  void span(proxy, "c");
  // b's own time comes while it is in the request of a.
  await pass(90);
  replies[0]?.();
  await pass(109);
  expect(edge.sent.map(({ actions }) => actions.length)).toEqual([2]);
  await pass(1);
  expect(edge.sent.map(({ actions }) => actions.length)).toEqual([2, 1]);
});

test("what has gone by a flush leaves no timer behind that would send what is held", async () => {
  const edge = fakeEdge(kept);
  const proxy = proxyTo(edge);
  void span(proxy, "a");
  await pass(50);
  await proxy.flush();
  void proxy.joinTrace("t1").update({ metadata: { n: 1 } }, Infinity);
  await pass(10_000);
  expect(edge.sent).toHaveLength(1);
  void span(proxy, "b");
  await pass(200);
  expect(edge.sent.map(({ actions }) => actions.length)).toEqual([2, 2]);
});

test("each call is told after its own five seconds that there is no answer yet", async () => {
  const proxy = proxyTo(fakeEdge(() => new Promise(() => {})));
  const told: string[] = [];
  const call = (name: string, hold?: number): void =>
    void proxy
      .joinTrace("t1")
      .update({ metadata: { name } }, hold)
      .then(({ error }) => told.push(`${name} ${error?.code}`));
  call("a");
  await pass(3000);
  call("b", Infinity);
  await pass(1999);
  expect(told).toEqual([]);
  await pass(1);
  expect(told).toEqual(["a unanswered"]);
  await pass(2999);
  expect(told).toEqual(["a unanswered"]);
  await pass(1);
  expect(told).toEqual(["a unanswered", "b unanswered"]);
});

test("a flush that the app's filter holds back sends all the same what waits", async () => {
  const edge = fakeEdge(kept);
  const beforeSend = (action: string, data: object) => (action === "flush" ? null : data);
  const proxy = proxyTo(edge, { beforeSend });
  void span(proxy, "a");
  expect(await proxy.flush()).toMatchObject({ error: { code: "before_send" } });
  await pass(0);
  expect(edge.actions()).toMatchObject([{ action: "create_span" }]);
});
