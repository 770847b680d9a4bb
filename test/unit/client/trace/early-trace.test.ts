import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { tracedFetch, traceChat } from "../../../../src/client/chat.ts";
import { type Identity, LangfuseProxy } from "../../../../src/client/index.ts";
import * as protocol from "../../../../src/protocol/ids.ts";
import { fakeEdge, kept } from "../fake-edge.ts";
import { answer, tagOf } from "../token-answer.ts";

beforeEach(() => void vi.useFakeTimers({ now: 1_790_000_000_000 }));
afterEach(() => vi.useRealTimers());
const pass = (ms = 200) => vi.advanceTimersByTimeAsync(ms);

describe("a trace that begins before it is known whose it is", () => {
  function early() {
    const edge = fakeEdge(kept);
    let tell: (identity: Identity) => void = () => {};
    const identify = () => new Promise<Identity>((resolve) => (tell = resolve));
    const client = new LangfuseProxy({ fetch: edge.fetch, identify });
    return { edge, client, tell: () => tell(answer("t")) };
  }
  const tag = tagOf("user:ada");

  test("has its full id as soon as that is known, the one that the edge makes of it", async () => {
    const { client, edge, tell } = early();
    const trace = client.trace({ traceId: "ui2-1-a" });
    const span = trace.span({ id: "00000000000000aa", name: "call" });
    expect(trace).toMatchObject({ traceId: "ui2-1-a", traceparent: "" });
    tell();
    await pass();
    expect(trace.traceId).toBe(`ui2-1-a.${tag}`);
    const sent = String(edge.actions()[0]?.data["traceId"]);
    const langfuse = protocol.langfuseTraceId(protocol.ownedId(sent, tag));
    expect(trace.traceparent).toBe(
      protocol.traceparent(langfuse, protocol.rootObservationId(langfuse)),
    );
    expect(span.traceparent).toBe(protocol.traceparent(langfuse, "00000000000000aa"));
  });

  test("leads no backend into a trace that nobody has, and does not hold the chat up", async () => {
    const { client, tell } = early();
    const asked: Headers[] = [];
    const api: typeof fetch = async (_url, init) => {
      asked.push(new Headers(init?.headers));
      return new Response("Yes");
    };
    const options = { client, fetch: api, propagateTo: ["https://app.example"] };
    const chat = tracedFetch(options);
    await chat("https://app.example/chat", { method: "POST" });
    expect([...(asked[0] ?? [])]).toEqual([]);
    const turn = traceChat(options);
    expect(turn.body({ a: 1 })).toEqual({ a: 1 });

    tell();
    await pass();
    expect(turn.body({ a: 1 })).toMatchObject({ trace_id: turn.traceId, session_id: "s1" });
    expect(turn.traceId).toMatch(new RegExp(`\\.${tag}$`));
    await turn.fetch("https://app.example/chat", { method: "POST" });
    const langfuse = protocol.langfuseTraceId(turn.traceId);
    expect(asked[1]?.get("traceparent")).toMatch(new RegExp(`^00-${langfuse}-`));
    expect(asked[1]?.get("baggage")).toContain("langfuse_session_id=s1");
  });

  test("may hold it up for so long as the app allows", async () => {
    const { client, tell } = early();
    const asked: Headers[] = [];
    const api: typeof fetch = async (_url, init) => {
      asked.push(new Headers(init?.headers));
      return new Response("Yes");
    };
    const options = { client, fetch: api, propagateTo: ["https://app.example"], flushWaitMs: 500 };
    const chat = tracedFetch(options);
    const first = chat("https://app.example/chat", { method: "POST" });
    await pass(499);
    expect(asked).toHaveLength(0);
    await pass(1);
    await first;
    expect(asked[0]?.has("traceparent")).toBe(false);

    const second = chat("https://app.example/chat", { method: "POST" });
    await pass(100);
    expect(asked).toHaveLength(1);
    tell();
    await pass(0);
    await second;
    expect(asked[1]?.has("traceparent")).toBe(true);
  });
});

test("where trace ids are verbatim, nothing claims to be a trace context", async () => {
  const client = new LangfuseProxy({
    fetch: fakeEdge(kept).fetch,
    sessionId: "s1",
    verbatim: true,
  });
  const turn = traceChat({ client, traceId: "ui2-1-a", propagateTo: ["https://app.example"] });
  expect(turn.trace.traceparent).toBe("");
  const headers = turn.headers("https://app.example/chat");
  expect(headers).not.toHaveProperty("traceparent");
  expect(headers).toMatchObject({
    "x-langfuse-trace-id": "ui2-1-a",
    baggage: expect.stringContaining("langfuse_trace_id=ui2-1-a,"),
  });
  expect(turn.body({})).toMatchObject({ trace_id: "ui2-1-a" });
});
