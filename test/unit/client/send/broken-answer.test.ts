import { expect, test, vi } from "vitest";
import { fakeEdge, kept } from "../fake-edge.ts";
import { eachAtItsTime, pass, proxyTo, span } from "../trace/proxy-under-test.ts";

eachAtItsTime();

test("an answer that breaks off is none: its actions are sent again, and no address is blamed", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const breaksOff = (): Response =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.error(new TypeError("network error")),
      }),
    );
  const edge = fakeEdge(breaksOff, kept);
  const proxy = proxyTo(edge);
  const told = span(proxy, "a");
  await pass(200);
  expect(edge.sent).toHaveLength(1);
  await pass(10_000);
  expect(edge.sent).toHaveLength(2);
  await told;
  expect(warn).not.toHaveBeenCalled();
});
