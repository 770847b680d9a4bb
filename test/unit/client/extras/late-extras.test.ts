// The extras are a chunk of their own, which a page loads when it has something that only they can say. Until they
// are there, and where they never come, nothing is lost, and nothing else waits.
import { queryObjects } from "node:v8";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ClientOptions, OfflineQueue } from "../../../../src/client/index.ts";
import type * as Lazily from "../../../../src/client/send/lazily.ts";
import { fakeEdge, fakePage, kept } from "../fake-edge.ts";

const EXTRAS = "../../../../src/client/extras/extras.ts";
/** After so long they count as lost. */
const LOAD_MS = 10_000;
const NOW = 1_790_000_000_000;
const FILE = `data:image/png;base64,${"iVBO".repeat(300)}`;

let page: ReturnType<typeof fakePage>;
beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  page = fakePage();
  for (const [name, value] of Object.entries(page.globals)) vi.stubGlobal(name, value);
});
afterEach(() => {
  vi.doUnmock(EXTRAS);
  vi.resetModules();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

/** A page that has just been opened; its extras come when they are let, each time that they are asked for. */
async function fresh(
  options: ClientOptions = {},
  edge = fakeEdge(kept),
  come = (): Promise<void> => Promise.resolve(),
) {
  vi.resetModules();
  const extras = await vi.importActual<object>(EXTRAS);
  const asked = vi.fn<() => Promise<void>>(come);
  vi.doMock("../../../../src/client/extras/load-extras.ts", async () => {
    const { lazily } = await vi.importActual<typeof Lazily>(
      "../../../../src/client/send/lazily.ts",
    );
    return { extras: lazily(() => asked().then(() => extras)) };
  });
  const { LangfuseProxy } = await import("../../../../src/client/index.ts");
  const proxy = new LangfuseProxy({ fetch: edge.fetch, sessionId: "s1", ...options });
  const tell = (name: string, input?: unknown) =>
    proxy.createSpan({ traceId: "t1", spanId: name, input });
  return { proxy, tell, edge, asked };
}
const lost = () => Promise.reject(new TypeError("Failed to fetch dynamically imported module"));

test("a page without such values never asks for them", async () => {
  const { tell, edge, asked } = await fresh();
  for (const input of [
    new TypeError("broken"),
    { at: new Date(), n: 2n, list: [1, null] },
    "long ".repeat(1000),
  ]) {
    void tell("a", input);
  }
  await pass(200);
  expect(edge.actions()).toHaveLength(3);
  expect(asked).not.toHaveBeenCalled();
});

test("what only they can say waits for them, with its number, and is as it was at the call", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { tell, edge, asked } = await fresh();
  asked.mockReturnValue(promise);
  const messages: unknown[] = [{ image: FILE }];
  const answer = tell("a", { messages, pattern: /a/g, set: new Set([1]) });
  // Not only when it is sent: the page may have gone by then.
  expect(asked).toHaveBeenCalledOnce();
  messages.push("later");
  void tell("b", "beside");
  await pass(3000);
  expect(edge.sent).toHaveLength(0);
  resolve();
  await pass();
  expect(edge.actions().map(({ seq, at, data }) => [seq, at, data["input"]])).toEqual([
    [
      1,
      NOW,
      {
        messages: [{ image: '{"type":"image/png","bytes":900}' }],
        pattern: "/a/g",
        set: [1],
      },
    ],
    [2, NOW, "beside"],
  ]);
  expect(await answer).toMatchObject({ success: true });
  void tell("c", new Map([["a", 1]]));
  await pass(200);
  expect(edge.actions()[2]?.data["input"]).toEqual([["a", 1]]);
});

test.each([
  ["are refused", lost, 200],
  ["hang", () => new Promise<void>(() => {}), LOAD_MS],
])(
  "where they %s, the rest of the action is told, and that this could not be read",
  async (_how, fate, ms) => {
    const { proxy, edge, asked } = await fresh();
    const onDrop = vi.fn();
    asked.mockImplementation(fate);
    const metadata = { a: 1 };
    const answer = proxy.createSpan({ traceId: "t1", spanId: "a", input: FILE, metadata });
    await pass(ms + 200);
    expect(edge.actions().map(({ data }) => data)).toEqual([
      { traceId: "t1", spanId: "a", input: "[unreadable]", metadata },
    ]);
    expect(await answer).toMatchObject(
      ms < 5000 ? { success: true } : { error: { code: "unanswered" } },
    );
    expect(onDrop).not.toHaveBeenCalled();
    // They may come for the next one.
    asked.mockImplementation(() => Promise.resolve());
    void proxy.createSpan({ traceId: "t1", spanId: "b", input: new Set([1]) });
    await pass(200);
    expect(edge.actions()[1]?.data["input"]).toEqual([1]);
  },
);

test("without a network neither they nor the action get through; with it again, all of it does", async () => {
  const edge = fakeEdge(() => Promise.reject(new TypeError("Failed to fetch")), kept);
  const { tell, asked } = await fresh({}, edge);
  asked.mockImplementation(lost);
  void tell("a", new Set([1]));
  await pass(200);
  expect(edge.sent).toHaveLength(1);
  asked.mockImplementation(() => Promise.resolve());
  await pass(2000);
  expect(edge.sent.map(({ actions }) => actions[0]?.data["input"])).toEqual(["[unreadable]", [1]]);
  expect(edge.sent.map(({ actions }) => actions[0]?.seq)).toEqual([1, 1]);
});

test("an action that waits holds what it was made of only until its text is made", async () => {
  class Photo extends Set {}
  const edge = fakeEdge(() => Promise.reject(new TypeError("Failed to fetch")));
  const { tell, asked } = await fresh({}, edge);
  const { promise, resolve } = Promise.withResolvers<void>();
  asked.mockReturnValue(promise);
  void tell("a", new Photo([1]));
  // By then the call has its answer, that there is none yet.
  await pass(6000);
  expect(queryObjects(Photo)).toBe(1);
  resolve();
  await pass(500);
  expect(edge.actions()[0]?.data["input"]).toEqual([1]);
  expect(queryObjects(Photo)).toBe(0);
});

test("a page that goes away before they are there tells what it can", async () => {
  const { tell, edge, asked } = await fresh();
  asked.mockReturnValue(new Promise<void>(() => {}));
  void tell("a", { file: FILE });
  void tell("b", "beside");
  page.send("pagehide");
  await pass();
  expect(edge.sent).toMatchObject([
    {
      keepalive: true,
      actions: [
        { seq: 1, data: { spanId: "a", input: { file: "[unreadable]" } } },
        { seq: 2, data: { spanId: "b", input: "beside" } },
      ],
    },
  ]);
  await pass(60_000);
  expect(edge.sent).toHaveLength(1);
});

test("so does one that goes while the request waits for them: each action goes once", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { tell, edge, asked } = await fresh();
  asked.mockReturnValue(promise);
  void tell("a", { file: FILE });
  await pass(300);
  page.send("pagehide");
  await pass();
  resolve();
  await pass(60_000);
  expect(edge.actions().map(({ seq }) => seq)).toEqual([1]);
});

test("offline they are not asked for, since a browser would remember that they did not come", async () => {
  const { tell, edge, asked } = await fresh();
  vi.stubGlobal("navigator", { onLine: false });
  void tell("a", new Set([1]));
  await pass(60_000);
  expect(asked).not.toHaveBeenCalled();
  vi.stubGlobal("navigator", { onLine: true });
  page.send("online");
  await pass();
  expect(edge.actions().map(({ data }) => data["input"])).toEqual([[1]]);
});

test("offline, an action is kept with what can be said of it", async () => {
  const keep = vi.fn<OfflineQueue["keep"]>();
  const { tell } = await fresh({
    offline: { keep, drain: () => Promise.resolve(), clear: () => {} },
  });
  vi.stubGlobal("navigator", { onLine: false });
  void tell("a", new Set([1]));
  await pass(200);
  const [, , actions] = keep.mock.calls[0] ?? [];
  expect(actions?.map((json) => JSON.parse(json) as unknown)).toMatchObject([
    { seq: 1, data: { spanId: "a", input: "[unreadable]" } },
  ]);
});

test("a large request does not wait for what compresses it; the next one is compressed", async () => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  const { tell, edge } = await fresh({ flushMs: 0 });
  for (const name of ["a", "b"]) await tell(name, "hello ".repeat(5000));
  expect(edge.sent.map(({ headers }) => headers["content-encoding"])).toEqual([undefined, "gzip"]);
  expect(edge.actions().map(({ data }) => data["input"])).toEqual(
    Array.from({ length: 2 }, () => "hello ".repeat(5000)),
  );
});

test("`debug` without them says why it says nothing", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const { tell, edge } = await fresh({ debug: true });
  await pass();
  warn.mockClear();
  const { tell: tellLost, edge: other } = await fresh({ debug: true }, fakeEdge(kept), lost);
  void tell("a");
  void tellLost("a");
  await pass(200);
  expect(warn.mock.calls.flat()).toContainEqual(
    new TypeError("Failed to fetch dynamically imported module"),
  );
  expect([edge, other].map(({ sent }) => sent.length)).toEqual([1, 1]);
  warn.mockRestore();
});

test.each(["pagehide", "offline"])("what they came for meanwhile is told at %s", async (type) => {
  const keep = vi.fn<OfflineQueue["keep"]>();
  const offline = { keep, drain: () => Promise.resolve(), clear: () => {} };
  const { tell, edge } = await fresh({ offline });
  await pass();
  void tell("a", new Set([1]));
  // They are there, but the request is not due.
  await pass(100);
  expect(edge.sent).toHaveLength(0);
  if (type === "offline") vi.stubGlobal("navigator", { onLine: false });
  page.send(type);
  await pass();
  const [, , actions = []] = keep.mock.calls[0] ?? [];
  const told = [...edge.actions(), ...actions.map((json) => JSON.parse(json) as unknown)];
  expect(told).toMatchObject([{ data: { input: [1] } }]);
});
