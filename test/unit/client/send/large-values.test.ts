import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { shortId } from "../../../../src/client/trace/short-id.ts";
import { shortenedId } from "../../../../src/protocol/ids.ts";
import { MAX_ID_LENGTH } from "../../../../src/protocol/limits.ts";
import { changeOf, interpretOne } from "../../edge/interpret/interpreting.ts";
import {
  eachOnAPage,
  find,
  names,
  pass as passChat,
  readAll,
  traced,
} from "../turn/chat-under-test.ts";
import { fakeEdge, kept, type SentAction, status } from "../fake-edge.ts";
import { pass, proxyTo, span } from "../trace/proxy-under-test.ts";

eachOnAPage();

describe("what ends a turn always fits", () => {
  const fill = "x".repeat(400);
  test("in a full queue, cut where it is large", async () => {
    const edge = fakeEdge(kept);
    const onDrop = vi.fn();
    const proxy = proxyTo(edge, { queueBytes: 20_000, onDrop });
    const trace = proxy.trace({ traceId: "t1" });
    const generation = trace.generation({ id: "00000000000000aa" });
    const refused: unknown[] = [];
    while (!refused[0]) {
      void span(proxy, fill).then((result) => refused.push(result));
      await pass(0);
    }
    const ended = generation.end({ output: "long ".repeat(50_000), level: "ERROR" });
    void trace.end();
    await pass(2000);
    expect(await ended).toMatchObject({ success: true });
    expect(find(edge.actions(), "end_generation")).toMatchObject({
      output: expect.stringMatching(/^long .* \[cut: 250000 characters\]$/) as string,
      level: "ERROR",
      observationId: "00000000000000aa",
    });
    expect(names(edge.actions())).toContain("end_trace");
    expect(onDrop.mock.calls).toEqual([["queue_overflow", 1]]);
  });

  test("not without end: a queue that nobody empties is bounded", async () => {
    const edge = fakeEdge(() => new Promise(() => {}));
    const proxy = proxyTo(edge, { queueBytes: 20_000 });
    const ends = Array.from({ length: 2000 }, () =>
      proxy.endSpan({ traceId: "t1", spanId: "a", output: fill }),
    );
    await pass(6000);
    const codes = (await Promise.all(ends)).map(({ error }) => error?.code);
    expect(codes.filter((code) => code === "queue_overflow").length).toBeGreaterThan(500);
  });
});

test.each([
  ["a picture of 1 MB", `data:image/png;base64,${"iVBO".repeat(350_000)}`],
  ["5 MB of text", "long text, ".repeat(500_000)],
])("a turn that asks with %s arrives whole", async (_kind, url) => {
  const { edge, fetch, client } = traced([new Uint8Array([65])]);
  const content = [
    { type: "text", text: "What is this?" },
    { type: "image_url", image_url: { url } },
  ];
  const body = JSON.stringify({ model: "gpt-5", messages: [{ role: "user", content }] });
  await readAll(await fetch("/api/chat", { method: "POST", body }));
  await client.flush();
  await passChat(0);
  vi.useRealTimers();
  await client.flush();
  expect(names(edge.actions())).toEqual(
    expect.arrayContaining(["create_generation streaming-response", "end_generation", "end_trace"]),
  );
  expect(edge.sent.every(({ dropped }) => Object.keys(dropped).length === 0)).toBe(true);
  const told = JSON.stringify(find(edge.actions(), "create_generation")["input"]);
  expect(told).toContain("What is this?");
  expect(told).toContain(url.startsWith("data:") ? '"bytes' : "[cut: 5500000 characters]");
  // The trace has the beginning of what the generation has whole.
  const once = JSON.stringify(find(edge.actions(), "update_trace")).length;
  expect(once).toBeLessThan(110_000);
  expect(JSON.stringify(edge.actions()).length).toBeLessThan(700_000);
});

describe("an id that is too long for Langfuse", () => {
  const long = (last: string) => "😀".repeat(120) + last;

  test("is shortened as the edge does it", () => {
    const id = fc.string({ unit: "grapheme", minLength: 60, maxLength: 230 });
    fc.assert(
      fc.property(id, (text) => {
        expect(shortId(text)).toBe(text.length > MAX_ID_LENGTH ? shortenedId(text) : text);
      }),
      { examples: [["a".repeat(200)], ["a".repeat(201)], [long("a")]] },
    );
  });

  test("is told to the backend as the edge keeps it", async () => {
    const [sessionId, userId] = [long("s"), long("u")];
    const { edge, fetch, behind } = traced([], { sessionId, userId, propagateUser: true });
    await fetch("/api/chat", { method: "POST" });
    await passChat();
    const { action, data } = edge.actions()[0] as SentAction;
    expect(changeOf(interpretOne(action, data))).toMatchObject({
      traceFields: { sessionId: shortId(sessionId), userId: shortId(userId) },
    });
    const baggage = behind.headers()["baggage"];
    expect(baggage).toContain(`langfuse_session_id=${encodeURIComponent(shortId(sessionId))}`);
    expect(baggage).toContain(`langfuse_user_id=${encodeURIComponent(shortId(userId))}`);
  });
});

describe("an endpoint that is no edge, or refuses everything, is told on the console", () => {
  const html = () => new Response("<!doctype html>", { headers: { "content-type": "text/html" } });
  test.each([
    ["404", status(404), 404],
    ["a page of HTML", html, 200],
    ["401", status(401), 401],
  ])("once: %s", async (_kind, reply, code) => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const proxy = proxyTo(fakeEdge(reply), { endpoint: "/wrong" });
    for (const name of ["a", "b", "c"]) {
      void span(proxy, name);
      await pass(5000);
    }
    expect(warn.mock.calls.map(([text]) => text as string)).toEqual([
      `langfuse-edge: HTTP ${code} from /wrong`,
    ]);
    warn.mockRestore();
  });

  test.each([
    ["an edge that keeps", kept],
    ["a busy one", status(503)],
    ["one with a limit", status(429)],
    ["nobody", () => Promise.reject(new TypeError("Failed to fetch"))],
  ])("not: %s", async (_kind, reply) => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const proxy = proxyTo(fakeEdge(reply));
    void span(proxy, "a");
    await pass(60_000);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});
