import { gzipSync } from "node:zlib";
import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createSinkRoutes } from "../../../src/sink/routes.ts";
import { sinkSender } from "../../../src/sink/sender.ts";
import type { StandIn } from "../../../src/sink/stand-in.ts";
import { bytesOf, exportOf, scoreEvent, span, TRACE } from "./exports.ts";
import { memorySink } from "./sqlite.ts";

const KEYS = { publicKey: "pk-lf-sink", secretKey: "sk-lf-sink" };
const BASIC = `Basic ${btoa(`${KEYS.publicKey}:${KEYS.secretKey}`)}`;
const OTLP = "/sink/api/public/otel/v1/traces";
const INGESTION = "/sink/api/public/ingestion";
const good = exportOf(span());

let sink: StandIn;
let app: Hono;
beforeEach(() => {
  sink = memorySink();
  app = new Hono().route("/sink", createSinkRoutes({ sink: () => sink, keys: KEYS }));
});

interface Sent {
  body?: unknown;
  headers?: Record<string, string>;
  method?: string;
  signal?: AbortSignal;
}

function requestOf(url: string, { body, headers = {}, ...init }: Sent = {}): Request {
  return new Request(url, {
    method: "POST",
    headers: {
      authorization: BASIC,
      "content-type": "application/json",
      "x-langfuse-ingestion-version": "4",
      ...headers,
    },
    ...(body !== undefined && {
      body: body instanceof Uint8Array ? body.slice() : JSON.stringify(body),
    }),
    ...init,
  });
}
const send = async (path: string, sent?: Sent) =>
  app.fetch(requestOf(`http://127.0.0.1${path}`, sent));
const put = (body: unknown) => send("/sink/behaviour", { method: "PUT", body });

describe("Langfuse's paths", () => {
  it("take an export", async () => {
    const answer = await send(OTLP, { body: good });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(await answer.json()).toEqual({});
    expect(await sink.trace(TRACE)).toMatchObject({ name: "a span" });
    expect(await sink.findings()).toEqual([]);
  });

  it("take gzip", async () => {
    const headers = { "content-encoding": "gzip" };
    const answer = await send(OTLP, { body: new Uint8Array(gzipSync(bytesOf(good))), headers });
    expect(answer.status).toBe(200);
    expect(await sink.traces(1)).toHaveLength(1);
  });

  it("take a batch", async () => {
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
    expect((await send(path, { body: good, ...sent })).status).toBe(status);
  });

  it("never tell a key", async () => {
    await send(OTLP, { body: good, headers: { authorization: `Basic ${btoa("pk-x:sk-other")}` } });
    const told = JSON.stringify([
      await sink.findings(),
      await sink.requests(),
      await sink.traces(9),
    ]);
    expect(told).not.toMatch(/pk-|sk-/);
  });

  it("tell health", async () => {
    expect(await (await app.request("/sink/api/public/health")).json()).toMatchObject({
      status: "OK",
    });
  });
});

describe("looking", () => {
  it("lists traces with bars, and answers 304 until something changes", async () => {
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
    await send(OTLP, { body: exportOf(...["a", "b", "c"].map((traceId) => span({ traceId }))) });
    const listed = async (query: string) =>
      JSON.stringify(await (await app.request(`/sink/traces${query}`)).json()).match(/"more"/g)
        ?.length;
    expect(await listed("?limit=2")).toBe(2);
    expect(await listed("?limit=many")).toBe(3);
    expect(await listed("?limit=-1")).toBe(3);
  });

  it("tells one trace whole, or 404", async () => {
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
    await send(OTLP, { body: good });
    expect((await app.request("/sink/traces", { method: "DELETE" })).status).toBe(204);
    expect(await sink.traces(9)).toEqual([]);
  });

  it("tells findings", async () => {
    await send(OTLP, { body: exportOf(span({ endTimeUnixNano: "0" })) });
    expect(await (await app.request("/sink/findings")).json()).toMatchObject([
      { kind: "time_1970" },
    ]);
  });
});

describe("misbehaving", () => {
  const LOCATION = "https://login.example.com/";
  it.each<[object, number, Record<string, string>, string]>([
    [{ status: 503 }, 503, { "content-type": "application/json" }, "503"],
    [{ status: 429, retryAfter: 5 }, 429, { "retry-after": "5" }, "429"],
    [{ html: true }, 200, { "content-type": "text/html" }, "<!doctype html>"],
    [{ html: true, status: 502 }, 502, { "content-type": "text/html" }, "<!doctype html>"],
    [{ redirect: LOCATION }, 302, { location: LOCATION }, "302"],
  ])("%j", async (behaviour, status, headers, words) => {
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
    expect((await put(behaviour)).status).toBe(400);
    expect(await sink.behaviour()).toEqual({});
  });

  it("refuses what is no JSON", async () => {
    const answer = await app.request("/sink/behaviour", { method: "PUT", body: "{" });
    expect(answer.status).toBe(400);
  });
});

describe("being slow", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("answers after the delay, and takes the request", async () => {
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
    await sink.behave({ delayMs: 60_000 });
    const sender = sinkSender({ sink: () => sink, keys: KEYS });
    const giveUp = new AbortController();
    const answer = sender(
      requestOf("http://langfuse.test/api/public/otel/v1/traces", {
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

describe("sinkSender", () => {
  const sender = () => sinkSender({ sink: () => sink, keys: KEYS });

  it.each([
    "https://cloud.langfuse.com/api/public/otel/v1/traces",
    "http://127.0.0.1:8787/sink/api/public/otel/v1/traces",
    "https://example.com/behind/a/path/api/public/otel/v1/traces",
  ])("takes what is meant for %s", async (url) => {
    expect((await sender()(requestOf(url, { body: good }))).status).toBe(200);
    expect(await sink.trace(TRACE)).toMatchObject({ id: TRACE });
  });

  it("takes scores", async () => {
    const answer = await sender()(
      requestOf("https://x.test/api/public/ingestion", { body: { batch: [] } }),
    );
    expect(answer.status).toBe(207);
  });

  it("knows no other path", async () => {
    expect(
      (await sender()(requestOf("https://x.test/api/public/projects", { body: {} }))).status,
    ).toBe(404);
  });

  it("rejects what was given up before it began", async () => {
    const signal = AbortSignal.abort(new Error("too late"));
    const request = requestOf("https://x.test/api/public/ingestion", { body: {}, signal });
    await expect(sender()(request)).rejects.toThrow("too late");
  });
});
