import { describe, expect, test, vi } from "vitest";
import { LangfuseProxy } from "../../../../src/client/index.ts";
import { fakeEdge, fakePage, kept, results, status } from "../fake-edge.ts";
import { eachAtItsTime, pass, proxyTo, span } from "../trace/proxy-under-test.ts";

eachAtItsTime();

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

test("what is kept is tried again by itself where it could not be sent, and no more once it was", async () => {
  let tries = 0;
  const drain = async (): Promise<void> => {
    tries += 1;
    if (tries < 3) throw new Error("the edge is away");
  };
  const offline = { drain, keep: vi.fn<() => void>(), clear: vi.fn<() => void>() };
  // oxlint-disable-next-line no-new -- a page that says nothing more
  new LangfuseProxy({ offline, fetch: fakeEdge(kept).fetch, sessionId: "s1" });
  await vi.advanceTimersByTimeAsync(0);
  expect(tries).toBe(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(tries).toBe(3);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(tries).toBe(3);
});

test("a repeat of what is kept comes later and later, and soon again after it was sent", async () => {
  const tries: number[] = [];
  const drain = async (): Promise<void> => {
    tries.push(performance.now());
    if (tries.length !== 6) throw new Error("the edge is away");
  };
  const offline = { drain, keep: vi.fn<() => void>(), clear: vi.fn<() => void>() };
  const proxy = new LangfuseProxy({ offline, fetch: fakeEdge(kept).fetch, sessionId: "s1" });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(tries).toHaveLength(6);
  const pauses = tries.map((at, i) => at - (tries[i - 1] ?? at)).slice(1);
  pauses.forEach((pause, n) => {
    expect(pause).toBeGreaterThanOrEqual(500 * 2 ** n);
    expect(pause).toBeLessThanOrEqual(1000 * 2 ** n + 1);
  });
  void span(proxy, "a");
  await vi.advanceTimersByTimeAsync(200);
  expect(tries).toHaveLength(7);
  await vi.advanceTimersByTimeAsync(1001);
  expect(tries).toHaveLength(8);
});

test("a network that is back while a request is still under way: what is kept is sent after it", async () => {
  const page = fakePage();
  for (const [name, value] of Object.entries(page.globals)) vi.stubGlobal(name, value);
  let tries = 0;
  const drain = async (): Promise<void> => void (tries += 1);
  const offline = { drain, keep: vi.fn<() => void>(), clear: vi.fn<() => void>() };
  const held = Promise.withResolvers<Response>();
  const proxy = new LangfuseProxy({ offline, fetch: () => held.promise, sessionId: "s1" });
  span(proxy, "a").catch(() => {});
  await pass(200);
  const before = tries;
  page.send("online");
  await pass(0);
  expect(tries).toBe(before);
  held.resolve(Response.json({ results: [{ success: true }] }));
  await pass(0);
  expect(tries).toBe(before + 1);
  vi.unstubAllGlobals();
});
