import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bytesOf, exportOf, good, scoreEvent, span, TRACE } from "./exports.ts";
import { OTLP, type Sent, sinkUnderTest } from "./sink-under-test.ts";

const INGESTION = "/sink/api/public/ingestion";

describe("Langfuse's paths", () => {
  it("take an export", async () => {
    const { sink, send } = sinkUnderTest();
    const answer = await send(OTLP, { body: good });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(await answer.json()).toEqual({});
    expect(await sink.trace(TRACE)).toMatchObject({ name: "a span" });
    expect(await sink.findings()).toEqual([]);
  });

  it("take gzip", async () => {
    const { sink, send } = sinkUnderTest();
    const headers = { "content-encoding": "gzip" };
    const answer = await send(OTLP, { body: new Uint8Array(gzipSync(bytesOf(good))), headers });
    expect(answer.status).toBe(200);
    expect(await sink.traces(1)).toHaveLength(1);
  });

  it("take a batch", async () => {
    const { send } = sinkUnderTest();
    const batch = [scoreEvent({ id: "s", traceId: TRACE, name: "n", value: 1 })];
    expect((await send(INGESTION, { body: { batch } })).status).toBe(207);
  });

  it.each<[string, string, Sent, number]>([
    ["wrong keys", OTLP, { headers: { authorization: `Basic ${btoa("pk-lf-sink:no")}` } }, 401],
    ["no keys", OTLP, { headers: { authorization: "" } }, 401],
    ["no base64", OTLP, { headers: { authorization: "Basic %%%" } }, 401],
    ["the public key alone", OTLP, { headers: { authorization: "Bearer pk-lf-sink" } }, 403],
    ["another public key", INGESTION, { headers: { authorization: "Bearer pk-other" } }, 401],
    [
      "the public key alone for scores",
      INGESTION,
      { body: { batch: [] }, headers: { authorization: "Bearer pk-lf-sink" } },
      207,
    ],
    ["no gzip", OTLP, { headers: { "content-encoding": "gzip" } }, 400],
    ["brotli", OTLP, { headers: { "content-encoding": "br" } }, 400],
    ["version 5", OTLP, { headers: { "x-langfuse-ingestion-version": "5" } }, 400],
    ["a batch over 4.5 MB", INGESTION, { body: { batch: ["x".repeat(4.5 * 1024 * 1024)] } }, 413],
    [
      "a small zip of a huge text",
      OTLP,
      {
        body: new Uint8Array(gzipSync(new Uint8Array(30 * 1024 * 1024))),
        headers: { "content-encoding": "gzip" },
      },
      413,
    ],
  ])("%s", async (_name, path, sent, status) => {
    const { send } = sinkUnderTest();
    expect((await send(path, { body: good, ...sent })).status).toBe(status);
  });

  it("never tell a key", async () => {
    const { sink, send } = sinkUnderTest();
    await send(OTLP, { body: good, headers: { authorization: `Basic ${btoa("pk-x:sk-other")}` } });
    const told = JSON.stringify([
      await sink.findings(),
      await sink.requests(),
      await sink.traces(9),
    ]);
    expect(told).not.toMatch(/pk-|sk-/);
  });
});

describe("looking", () => {
  it("lists traces with bars, and answers 304 until something changes", async () => {
    const { app, send, put } = sinkUnderTest();
    await send(OTLP, { body: good });
    const first = await app.request("/sink/traces");
    expect(await first.json()).toMatchObject({
      traces: [{ id: TRACE, more: 0, nodes: [{ depth: 0, bar: { left: 0, width: 100 } }] }],
      findings: [],
      behaviour: {},
      counts: { answers: [{ api: "otlp", status: 200, count: 1 }] },
    });
    const headers = { "if-none-match": first.headers.get("etag") ?? "" };
    expect((await app.request("/sink/traces", { headers })).status).toBe(304);
    await put({ status: 503 });
    expect((await app.request("/sink/traces", { headers })).status).toBe(200);
  });

  it("lists at most so many", async () => {
    const { app, send } = sinkUnderTest();
    await send(OTLP, { body: exportOf(...["a", "b", "c"].map((traceId) => span({ traceId }))) });
    const listed = async (query: string) =>
      JSON.stringify(await (await app.request(`/sink/traces${query}`)).json()).match(/"more"/g)
        ?.length;
    expect(await listed("?limit=2")).toBe(2);
    expect(await listed("?limit=many")).toBe(3);
    expect(await listed("?limit=-1")).toBe(3);
  });

  it("tells one trace whole, or 404", async () => {
    const { app, send } = sinkUnderTest();
    await send(OTLP, {
      body: exportOf(span({ traceId: "a/b ?" }, { "langfuse.observation.input": "in" })),
    });
    const answer = await app.request(`/sink/traces/${encodeURIComponent("a/b ?")}`);
    expect(await answer.json()).toMatchObject({
      id: "a/b ?",
      nodes: [{ observation: { input: "in" } }],
    });
    expect((await app.request("/sink/traces/none")).status).toBe(404);
  });

  it("clears", async () => {
    const { sink, app, send } = sinkUnderTest();
    await send(OTLP, { body: good });
    expect((await app.request("/sink/traces", { method: "DELETE" })).status).toBe(204);
    expect(await sink.traces(9)).toEqual([]);
  });

  it("tells findings", async () => {
    const { app, send } = sinkUnderTest();
    await send(OTLP, { body: exportOf(span({ endTimeUnixNano: "0" })) });
    expect(await (await app.request("/sink/findings")).json()).toMatchObject([
      { kind: "time_1970" },
    ]);
  });
});

describe("hearing of changes", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("tells the revision at once and after each change, and nothing else", async () => {
    const { sink, app } = sinkUnderTest();
    const answer = await app.request("/sink/changes");
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    const first = (await sink.requests()).revision;
    expect((await reader?.read())?.value).toBe(`data: ${first}\n\n`);
    const next = reader?.read();
    await vi.advanceTimersByTimeAsync(2000);
    await sink.behave({ status: 503 });
    await vi.advanceTimersByTimeAsync(500);
    expect((await next)?.value).toBe(`data: ${first + 1}\n\n`);
  });

  it("says that it lives where nothing changes, and leaves no timer behind", async () => {
    const { app } = sinkUnderTest();
    const reader = (await app.request("/sink/changes")).body
      ?.pipeThrough(new TextDecoderStream())
      .getReader();
    await reader?.read();
    const next = reader?.read();
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await next)?.value).toBe(":\n\n");
    await reader?.cancel();
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
