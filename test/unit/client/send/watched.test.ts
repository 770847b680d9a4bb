import { expect, test, vi } from "vitest";
import { fakeEdge, kept, type Sent } from "../fake-edge.ts";
import { eachAtItsTime, pass, proxyTo, span } from "../trace/proxy-under-test.ts";

eachAtItsTime();

const watched = (sent: Sent): Response =>
  Response.json({
    success: true,
    watched: true,
    results: sent.actions.map(() => ({ success: true })),
  });

test("while somebody watches, nothing waits for company, and afterwards as ever", async () => {
  const edge = fakeEdge(watched, kept, kept);
  const proxy = proxyTo(edge);
  void span(proxy, "a");
  await pass(200);
  expect(edge.sent).toHaveLength(1);
  const trace = proxy.joinTrace("t1");
  void trace.update({ metadata: { chunks: 10 } }, Infinity);
  await pass(199);
  expect(edge.sent).toHaveLength(1);
  await pass(1);
  expect(edge.sent).toHaveLength(2);
  // Nobody watches any more.
  void trace.update({ metadata: { chunks: 20 } }, 10_000);
  await pass(9_999);
  expect(edge.sent).toHaveLength(2);
  await pass(1);
  expect(edge.sent).toHaveLength(3);
});

test("where nothing waits, a watched page sends nothing and asks nobody", async () => {
  const identify = vi.fn<() => object>(() => ({}));
  const edge = fakeEdge(watched);
  const proxy = proxyTo(edge, { identify });
  await pass(0);
  void span(proxy, "a");
  await pass(200);
  const asked = identify.mock.calls.length;
  await pass(10_000);
  expect([identify.mock.calls.length, edge.sent.length]).toEqual([asked, 1]);
});

test("what waited for company when the page learned that somebody watches waits no longer", async () => {
  const edge = fakeEdge((sent) => {
    if (edge.sent.length === 1) {
      void proxy.joinTrace("t1").update({ metadata: { chunks: 10 } }, Infinity);
    }
    return watched(sent);
  });
  const proxy = proxyTo(edge);
  void span(proxy, "a");
  await pass(200);
  expect(edge.sent).toHaveLength(1);
  await pass(200);
  expect(edge.sent).toHaveLength(2);
});
