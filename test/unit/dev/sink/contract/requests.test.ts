// The page of what a real Langfuse accepts, line by line, over the sink's own HTTP face: the name of each group is
// the line that it holds the sink to. What no line allows is refused. Here: the requests themselves.
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { bytesOf, good, scoreEvent, TRACE } from "../exports.ts";
import { OTLP, type Sent, sinkUnderTest } from "../sink-under-test.ts";
import { INGESTION, SCORE, kindsOf, exported } from "./sink-answers.ts";

describe("`POST /api/public/otel/v1/traces`, `Content-Type: application/json` (or `application/x-protobuf`)", () => {
  it.each(["text/plain", "", "application/json+x", "text/application/json"])(
    "%j is no such type",
    async (type) => {
      const { status, text } = await exported(good, { headers: { "content-type": type } });
      expect([status, text]).toEqual([400, '{"error":"Invalid content type"}']);
    },
  );

  it("is the only method there", async () => {
    const { app } = sinkUnderTest();
    expect((await app.request(OTLP)).status).toBe(404);
    expect((await app.request(OTLP, { method: "PUT", body: "{}" })).status).toBe(404);
  });
});

describe("request gzip is accepted on this path only; `/api/public/ingestion` does not inflate", () => {
  const gzipped = (body: object): Sent => ({
    body: new Uint8Array(gzipSync(bytesOf(body))),
    headers: { "content-encoding": "gzip" },
  });

  it("an export", async () => {
    const { send } = sinkUnderTest();
    expect((await send(OTLP, gzipped(good))).status).toBe(200);
  });

  it("a batch: 400 `Invalid JSON`, as text; nothing is stored", async () => {
    const under = sinkUnderTest();
    const answer = await under.send(INGESTION, gzipped({ batch: [scoreEvent(SCORE)] }));
    expect([answer.status, await answer.text()]).toEqual([400, "Invalid JSON"]);
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain/);
    expect(await under.sink.trace(TRACE)).toBeUndefined();
    expect(await kindsOf(under)).toEqual(["refused"]);
  });

  it.each(["br", "deflate", "zstd"])("no other coding, %s", async (coding) => {
    const { send } = sinkUnderTest();
    const headers = { "content-encoding": coding };
    expect((await send(OTLP, { body: good, headers })).status).toBe(400);
    expect((await send(INGESTION, { body: { batch: [] }, headers })).status).toBe(400);
  });
});

describe("`x-langfuse-ingestion-version: 4` (without it data is late by up to 10 minutes; 5 or text is a 400)", () => {
  it.each(["5", "new", "", "3", "4.0", "4x", "-4", "0", "4, 4"])("%j is a 400", async (version) => {
    const headers = { "x-langfuse-ingestion-version": version };
    const { status, kept } = await exported(good, { headers });
    expect([status, kept]).toEqual([400, []]);
    const { send } = sinkUnderTest();
    expect((await send(INGESTION, { body: { batch: [] }, headers })).status).toBe(400);
  });

  it("none is late", async () => {
    const under = sinkUnderTest();
    const { app } = under;
    const headers = {
      authorization: `Basic ${btoa("pk-lf-sink:sk-lf-sink")}`,
      "content-type": "application/json",
    };
    const answer = await app.request(OTLP, { method: "POST", body: JSON.stringify(good), headers });
    expect(answer.status).toBe(200);
    expect(await kindsOf(under)).toEqual(["late_data"]);
  });
});

describe("400 “Failed to parse…”", () => {
  it.each<[string, string | Uint8Array]>([
    ["no JSON", "{nope"],
    ["nothing", ""],
    ["JSON in broken UTF-8", Uint8Array.of(0x22, 0xff, 0x22)],
  ])("%s", async (_name, body) => {
    const { send } = sinkUnderTest();
    const bytes = typeof body === "string" ? bytesOf(body) : body;
    const answer = await send(OTLP, { body: bytes });
    expect([answer.status, await answer.text()]).toEqual([
      400,
      '{"error":"Failed to parse OTel JSON Trace"}',
    ]);
    const batch = await send(INGESTION, { body: bytes });
    expect([batch.status, await batch.text()]).toEqual([400, "Invalid JSON"]);
  });
});

describe("401 / 403: keys wrong, or a public key alone", () => {
  it.each([
    ["", 401],
    [`Basic ${btoa("pk-lf-sink:sk-other")}`, 401],
    [`Basic ${btoa("pk-lf-sink:")}`, 401],
    ["Bearer sk-lf-sink", 401],
    ["Bearer pk-lf-sink", 403],
  ])("%j", async (authorization, expected) => {
    const { status, kept } = await exported(good, { headers: { authorization } });
    expect([status, kept]).toEqual([expected, []]);
  });

  it("a public key alone may write scores and nothing else", async () => {
    const { send } = sinkUnderTest();
    const headers = { authorization: "Bearer pk-lf-sink" };
    expect((await send(INGESTION, { body: { batch: [] }, headers })).status).toBe(207);
  });
});

describe("413: `/api/public/ingestion` over 4.5 MB, `Body exceeded 4.5mb limit`, as text", () => {
  const batchOf = (bytes: number): Uint8Array => bytesOf(`{"batch":[]}`.padEnd(bytes));
  const MOST = 4.5 * 1024 * 1024;

  it("one byte over", async () => {
    const under = sinkUnderTest();
    const answer = await under.send(INGESTION, { body: batchOf(MOST + 1) });
    expect([answer.status, await answer.text()]).toEqual([413, "Body exceeded 4.5mb limit"]);
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain/);
    expect(await kindsOf(under)).toEqual(["refused"]);
  });

  it("not at the limit", async () => {
    const { send } = sinkUnderTest();
    expect((await send(INGESTION, { body: batchOf(MOST) })).status).toBe(207);
  });
});

describe("`traces`, `observations`, `sessions`, `scores`, `v2/scores`, `metrics/daily` answer 404", () => {
  it.each([
    "traces",
    `traces/${TRACE}`,
    "observations",
    "sessions",
    "scores",
    "v2/scores",
    "metrics/daily",
  ])("%s", async (path) => {
    const { app, send } = sinkUnderTest();
    await send(OTLP, { body: good });
    const headers = { authorization: `Basic ${btoa("pk-lf-sink:sk-lf-sink")}` };
    expect((await app.request(`/sink/api/public/${path}`, { headers })).status).toBe(404);
  });
});
