// What a client gets for what it should not have sent: the status and the shape that Langfuse's own server answers
// with, read in its source of version 4 (`pages/api/public/ingestion.ts`, `otel/v1/traces`, `withMiddlewares.ts`).
// `code` is ours, beside them. A score without a value is 0: a client of Go leaves that out.
import { gzipSync } from "node:zlib";
import { afterEach, expect, test, vi } from "vitest";
import { ENV } from "../access/tokens.ts";
import { BASIC, edgeUnderTest } from "../edge-under-test.ts";

vi.spyOn(console, "info").mockImplementation(() => {});
const failures = vi.spyOn(console, "error").mockImplementation(() => {});
afterEach(() => expect(failures).not.toHaveBeenCalled());

const INGESTION = "/api/public/ingestion";
const OTLP = "/api/public/otel/v1/traces";
const REST = ["traces", "spans", "generations", "events", "scores"].map(
  (name) => `/api/public/${name}`,
);
const PATHS = [INGESTION, OTLP, ...REST];
const WORDS = { error: expect.any(String) as string, message: expect.any(String) as string };
const JSON_TYPE = { "content-type": "application/json" };

async function answerTo(
  path: string,
  init: RequestInit,
): Promise<{ status: number; body: unknown }> {
  const headers = { authorization: BASIC, ...JSON_TYPE, ...(init.headers as object) };
  const request = { method: "POST", ...init, headers };
  const response = await edgeUnderTest({ open: false, env: ENV }).app.request(path, request);
  const text = await response.text();
  const isText = response.headers.get("content-type")?.startsWith("text/plain") === true;
  return { status: response.status, body: isText ? text : JSON.parse(text) };
}

test.each(PATHS)("%s without credentials, and with wrong ones", async (path) => {
  for (const authorization of ["", `Basic ${btoa("pk-secret-1:sk-wrong")}`]) {
    const { status, body } = await answerTo(path, { body: "{}", headers: { authorization } });
    expect(status).toBe(401);
    expect(body).toMatchObject(WORDS);
  }
});

test.each(PATHS)("%s without credentials, at an edge that lets no page in", async (path) => {
  const env = { ...ENV, AUTH: "" };
  const { app } = edgeUnderTest({ open: false, env });
  const response = await app.request(path, { method: "POST", body: "{}", headers: JSON_TYPE });
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject(WORDS);
});

test.each([INGESTION, OTLP])("%s of another method", async (path) => {
  for (const method of ["GET", "PUT", "PATCH", "DELETE"]) {
    const { status, body } = await answerTo(path, { method });
    expect(status).toBe(405);
    expect(body).toMatchObject(WORDS);
  }
});

test.each([INGESTION, ...REST])("%s of no JSON, and of too much", async (path) => {
  for (const body of ["{", "\u0000", '{"a":1}}']) {
    expect(await answerTo(path, { body })).toEqual({ status: 400, body: "Invalid JSON" });
  }
  const body = JSON.stringify({ batch: [], more: "x".repeat(4.5 * 1024 * 1024) });
  expect(await answerTo(path, { body })).toEqual({
    status: 413,
    body: "Body exceeded 4.5mb limit",
  });
});

test.each(["[]", "1", '"x"', "null", "{}", '{"batch":{}}', '{"batch":"x"}', '{"batch":1}'])(
  "a batch that is %s",
  async (body) => {
    expect(await answerTo(INGESTION, { body })).toEqual({
      status: 400,
      body: { message: "Invalid request data", errors: [expect.any(String)] },
    });
  },
);

test.each<[string, unknown, string]>([
  ["null", null, "unknown"],
  ["text", "x", "unknown"],
  ["without an id", { type: "span-create", body: {} }, "unknown"],
  ["with an id that is none", { id: {}, type: "span-create", body: {} }, "unknown"],
  ["of no type", { id: "e", body: {} }, "e"],
  ["of a type that there is not", { id: "e", type: "dance-create", body: {} }, "e"],
  ["without a body", { id: "e", type: "span-create" }, "e"],
  [
    "a score without a name",
    { id: "e", type: "score-create", body: { traceId: "t", value: 1 } },
    "e",
  ],
  ["a score of nothing", { id: "e", type: "score-create", body: { name: "n", value: 1 } }, "e"],
  ["an update without an id", { id: "e", type: "span-update", body: { traceId: "t" } }, "e"],
])("an event that is %s, beside one that is right", async (_, event, id) => {
  const right = {
    id: "right",
    type: "trace-create",
    timestamp: "2026-11-22T11:59:00Z",
    body: { id: "t" },
  };
  const { status, body } = await answerTo(INGESTION, {
    body: JSON.stringify({ batch: [event, right] }),
  });
  expect(status).toBe(207);
  expect(body).toEqual({
    successes: [{ id: "right", status: 201 }],
    errors: [{ id, status: 400, ...WORDS }],
  });
});

test.each(REST)("%s of what is no object", async (path) => {
  for (const body of ["1", '"x"', "null", ...(path.endsWith("scores") ? [] : ["[]"])]) {
    expect(await answerTo(path, { body })).toEqual({
      status: 400,
      body: {
        message: "Invalid request data",
        error: [{ path: [expect.any(String)], message: expect.any(String) as string }],
      },
    });
  }
});

test.each(["spans", "generations"])("an update of %s without its id", async (name) => {
  const { status, body } = await answerTo(`/api/public/${name}`, { method: "PATCH", body: "{}" });
  expect([status, body]).toMatchObject([400, { message: "Invalid request data" }]);
});

test.each<[string, RequestInit]>([
  ["no gzip", { body: "{}", headers: { "content-encoding": "gzip" } }],
  ["half a gzip", { body: gzipSync("{}").subarray(0, 9), headers: { "content-encoding": "gzip" } }],
  ["no content type", { body: "{}", headers: { "content-type": "" } }],
  ["another content type", { body: "{}", headers: { "content-type": "text/html" } }],
  ["no JSON", { body: "{" }],
  ["no protobuf", { body: "x", headers: { "content-type": "application/x-protobuf" } }],
  ["a later version", { body: "{}", headers: { "x-langfuse-ingestion-version": "5" } }],
  ["a version that is none", { body: "{}", headers: { "x-langfuse-ingestion-version": "new" } }],
])("an export with %s", async (what, init) => {
  if (what === "no protobuf") {
    // In protobuf the answer is that of OpenTelemetry, not Langfuse's JSON: exporters read it.
    const response = await edgeUnderTest({ open: false }).app.request(OTLP, {
      method: "POST",
      ...init,
      headers: { authorization: BASIC, ...(init.headers as object) },
    });
    expect([response.status, response.headers.get("content-type")]).toEqual([
      400,
      "application/x-protobuf",
    ]);
    return;
  }
  const { status, body } = await answerTo(OTLP, init);
  // Without a type it is taken for JSON.
  if (what === "no content type") expect([status, body]).toEqual([200, {}]);
  else expect([status, body]).toMatchObject([400, WORDS]);
});

test.each(["{}", '{"resourceSpans":[]}', '{"resourceSpans":null}'])(
  "an export of %s is fine",
  async (body) => {
    expect(await answerTo(OTLP, { body })).toEqual({ status: 200, body: {} });
  },
);
