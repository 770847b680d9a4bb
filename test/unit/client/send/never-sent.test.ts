import { describe, expect, test, vi } from "vitest";
import { fakeEdge, kept } from "../fake-edge.ts";
import { eachAtItsTime, pass, proxyTo, span } from "../trace/proxy-under-test.ts";

eachAtItsTime();

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
