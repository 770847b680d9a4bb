// What the app hands over may be unreadable as a whole: an object of a framework whose getter throws.
import { expect, test, vi } from "vitest";
import { fakeEdge, kept } from "./fake-edge.ts";

const unreadable = (): object => ({
  get name(): string {
    throw new Error("no");
  },
});

/** A page that has just been opened. */
async function fresh(options: object = {}) {
  vi.resetModules();
  const { LangfuseProxy } = await import("../../../src/client/index.ts");
  return new LangfuseProxy({ fetch: fakeEdge(kept).fetch, sessionId: "s1", ...options });
}

test("fields that cannot be read fail no call of the app", async () => {
  const client = await fresh();
  const trace = client.trace(unreadable());
  expect(trace.traceId).toMatch(/^ui2-/);
  expect(trace.span(unreadable() as never).id).toMatch(/^[\da-f]{16}$/);
  await expect(trace.update(unreadable() as never)).resolves.toMatchObject({ success: true });
  await expect(client.createTrace(unreadable() as never)).resolves.toMatchObject({ success: true });
  await expect(trace.score(unreadable() as never)).resolves.toBeDefined();
});

test.each([
  ["cannot be read", unreadable()],
  ["is null", null],
  ["is missing", undefined],
])("what a filter gives that %s drops the action", async (_what, given) => {
  const dropped: unknown[] = [];
  const onDrop = (...drop: unknown[]): unknown => dropped.push(drop);
  const client = await fresh({ beforeSend: () => given, onDrop });
  await expect(client.createTrace({ traceId: "t1", name: "a" })).resolves.toMatchObject({
    success: false,
    error: { code: "before_send" },
  });
  expect(dropped).toEqual([["before_send", 1]]);
});
