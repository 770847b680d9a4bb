import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CHILD, exportOf, good, span, TRACE } from "./exports.ts";
import { OTLP, requestOf, sinkUnderTest } from "./sink-under-test.ts";

describe("misbehaving", () => {
  const LOCATION = "https://login.example.com/";
  it.each<[object, number, Record<string, string>, string]>([
    [{ status: 503 }, 503, { "content-type": "application/json" }, "503"],
    [{ status: 429, retryAfter: 5 }, 429, { "retry-after": "5" }, "429"],
    [{ html: true }, 200, { "content-type": "text/html" }, "<!doctype html>"],
    [{ html: true, status: 502 }, 502, { "content-type": "text/html" }, "<!doctype html>"],
    [{ redirect: LOCATION }, 302, { location: LOCATION }, "302"],
  ])("%j", async (behaviour, status, headers, words) => {
    const { sink, send, put } = sinkUnderTest();
    expect((await put(behaviour)).status).toBe(200);
    const answer = await send(OTLP, { body: good });
    expect(answer.status).toBe(status);
    for (const [name, value] of Object.entries(headers))
      expect(answer.headers.get(name)).toBe(value);
    expect(await answer.text()).toContain(words);
    expect(await sink.traces(9)).toEqual([]);
    await put({});
    expect((await send(OTLP, { body: good })).status).toBe(200);
  });

  it.each([
    { status: 200 },
    { status: "503" },
    { delayMs: -1 },
    { redirect: "nowhere" },
    { speed: 1 },
    [],
  ])("refuses %j", async (behaviour) => {
    const { sink, put } = sinkUnderTest();
    expect((await put(behaviour)).status).toBe(400);
    expect(await sink.behaviour()).toEqual({});
  });

  it("refuses what is no JSON", async () => {
    const { app } = sinkUnderTest();
    const answer = await app.request("/sink/behaviour", { method: "PUT", body: "{" });
    expect(answer.status).toBe(400);
  });
});

describe("refusing one record by its name", () => {
  const bad = span({ spanId: CHILD, name: "bad one" });

  it("refuses the whole export that a span of the name is in, as Langfuse does, and takes any other", async () => {
    const { sink, send, put } = sinkUnderTest();
    await put({ refuse: "bad one" });
    const answer = await send(OTLP, { body: exportOf(span(), bad) });
    expect([answer.status, await answer.json()]).toEqual([
      400,
      {
        error:
          "Invalid OTLP trace export: 1 of 2 span(s) cannot be processed (name:the_sink_was_told_to_refuse_it). The entire export was rejected and no spans were ingested.",
      },
    ]);
    expect(await sink.traces(9)).toEqual([]);
    expect((await send(OTLP, { body: good })).status).toBe(200);
    await put({});
    expect((await send(OTLP, { body: exportOf(bad) })).status).toBe(200);
  });

  it("refuses a score of the name, and takes the ones beside it", async () => {
    const { send, put } = sinkUnderTest();
    await put({ refuse: "bad one" });
    const score = (id: string, name: string) => ({
      id,
      timestamp: "2026-11-22T12:00:00.000Z",
      type: "score-create",
      body: { id, traceId: TRACE, name, value: 1 },
    });
    const body = { batch: [score("a", "bad one"), score("b", "helpful")] };
    const answer = await send("/sink/api/public/ingestion", { body });
    expect([answer.status, await answer.json()]).toMatchObject([
      207,
      { successes: [{ id: "b", status: 201 }], errors: [{ id: "a", status: 400 }] },
    ]);
  });

  it.each([{ refuse: "" }, { refuse: 1 }])("is not asked for by %j", async (behaviour) => {
    expect((await sinkUnderTest().put(behaviour)).status).toBe(400);
  });
});

describe("being slow", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("answers after the delay, and takes the request", async () => {
    const { sink, send } = sinkUnderTest();
    await sink.behave({ delayMs: 5_000 });
    let answered = false;
    const answer = send(OTLP, { body: good }).finally(() => (answered = true));
    await vi.advanceTimersByTimeAsync(4_999);
    expect(answered).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    vi.useRealTimers();
    expect((await answer).status).toBe(200);
  });

  it("rejects a sender that gave up, as the network does, takes nothing and leaves no timer", async () => {
    const { sink, sender } = sinkUnderTest();
    await sink.behave({ delayMs: 60_000 });
    const giveUp = new AbortController();
    const answer = sender(
      requestOf("http://langfuse.test/sink/api/public/otel/v1/traces", {
        body: good,
        signal: giveUp.signal,
      }),
    );
    const outcome = expect(answer).rejects.toThrow("waited long enough");
    await vi.advanceTimersByTimeAsync(1_000);
    giveUp.abort(new Error("waited long enough"));
    await outcome;
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await sink.traces(9)).toEqual([]);
  });
});
