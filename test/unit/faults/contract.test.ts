import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { INGESTION_PATH, OTEL_PATH, read, type Reading } from "../../faults/langfuse/contract.ts";

const KEYS = "Basic a2V5cw==";
const headers = {
  authorization: KEYS,
  "content-type": "application/json",
  "x-langfuse-ingestion-version": "4",
};
const span = (rest: Record<string, unknown> = {}) => ({
  traceId: "t",
  spanId: "s",
  name: "n",
  startTimeUnixNano: "1000000",
  endTimeUnixNano: "2500000",
  attributes: [{ key: "langfuse.observation.input", value: { stringValue: "hi, null" } }],
  ...rest,
});
const exportOf = (...spans: unknown[]): string =>
  JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
const score = {
  id: "e",
  type: "score-create",
  timestamp: "",
  body: { id: "s", name: "n", value: 1 },
};
const batchOf = (...batch: unknown[]): string => JSON.stringify({ batch });

const ask = (
  path: string,
  text: string,
  more: Record<string, string | undefined> = {},
): Reading => {
  const sent: Record<string, string | undefined> = { ...headers, ...more };
  const raw = sent["content-encoding"] === "gzip" ? gzipSync(text) : Buffer.from(text);
  return read({ path, headers: sent, raw }, KEYS);
};
const statusOf = (reading: Reading): number | "taken" =>
  "refused" in reading ? reading.refused.status : "taken";
const keysOf = (reading: Reading): string[] =>
  "refused" in reading ? [] : reading.items.map(({ key }) => key);

describe("an export", () => {
  it.each([undefined, "gzip"])("is taken, content-encoding %s", (encoding) => {
    const reading = ask(OTEL_PATH, exportOf(span()), { "content-encoding": encoding });
    expect(keysOf(reading)).toEqual(["t/s"]);
    expect("items" in reading && reading.items[0]?.facts).toMatchObject({
      name: "n",
      start: 1,
      end: 2.5,
      input: "hi, null",
    });
  });

  it.each<[string, string, Record<string, string | undefined>, number]>([
    ["other keys", exportOf(span()), { authorization: "Basic eA==" }, 401],
    ["no keys", exportOf(span()), { authorization: undefined }, 401],
    ["another version", exportOf(span()), { "x-langfuse-ingestion-version": "5" }, 400],
    ["another content type", exportOf(span()), { "content-type": "text/plain" }, 400],
    ["no JSON", "{", {}, 400],
    ["a span without an id beside a good one", exportOf(span(), span({ spanId: 1 })), {}, 400],
    ["attributes that are no list", exportOf(span({ attributes: {} })), {}, 400],
  ])("with %s is refused", (_name, text, more, status) => {
    expect(statusOf(ask(OTEL_PATH, text, more))).toBe(status);
  });

  it.each<[string, unknown]>([
    ["an attribute without a value", span({ attributes: [{ key: "k", value: {} }] })],
    ["an attribute of null", span({ attributes: [{ key: "k", value: null }] })],
    ["a null in the list", span({ attributes: [null] })],
    ["half a surrogate", span({ name: "\ud800" })],
  ])("with %s is answered well, and all of it is lost", (_name, bad) => {
    const reading = ask(OTEL_PATH, exportOf(span(), bad));
    expect(statusOf(reading)).toBe("taken");
    expect(keysOf(reading)).toEqual([]);
  });

  it("with a whole surrogate pair is no loss", () => {
    expect(keysOf(ask(OTEL_PATH, exportOf(span({ name: "🚲" }))))).toEqual(["t/s"]);
  });
});

describe("a batch of scores", () => {
  it("is taken plain", () => {
    expect(keysOf(ask(INGESTION_PATH, batchOf(score)))).toEqual(["score/s"]);
  });

  it("is refused packed, or too large", () => {
    expect(statusOf(ask(INGESTION_PATH, batchOf(score), { "content-encoding": "gzip" }))).toBe(400);
    expect(statusOf(ask(INGESTION_PATH, batchOf({ ...score, pad: "x".repeat(4_600_000) })))).toBe(
      413,
    );
    expect(statusOf(ask(INGESTION_PATH, "{}"))).toBe(400);
  });

  it("loses a score without an id of its own, and refuses other events one by one", () => {
    const nameless = { ...score, body: { name: "n", value: 1 } };
    const reading = ask(
      INGESTION_PATH,
      batchOf(nameless, { id: "t", type: "trace-create" }, score),
    );
    expect(keysOf(reading)).toEqual(["score/s"]);
    expect("answer" in reading && JSON.parse(reading.answer.body)).toMatchObject({
      errors: [{ id: "t", status: 400 }],
    });
  });
});

it("knows no other path", () => {
  expect(statusOf(ask("/elsewhere/api/public/ingestion", batchOf(score)))).toBe(404);
});
