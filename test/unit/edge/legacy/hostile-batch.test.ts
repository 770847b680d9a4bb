// Batches that were written to hurt: no 500, and no work out of proportion.
import { afterEach, expect, it, test, vi } from "vitest";
import { EVENT_KINDS } from "../../../../src/edge/legacy/events/event-types.ts";
import { BASIC, edgeUnderTest, KEYS } from "../edge-under-test.ts";

vi.spyOn(console, "info").mockImplementation(() => {});
const failures = vi.spyOn(console, "error").mockImplementation(() => {});
afterEach(() => expect(failures).not.toHaveBeenCalled());

async function send(path: string, body: unknown) {
  const edge = edgeUnderTest({ open: false });
  const response = await edge.app.request(path, {
    method: "POST",
    headers: { authorization: BASIC, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text(), edge };
}
const many = (length: number) =>
  Array.from({ length }, (_, n) => ({ id: String(n), type: "sdk-log", body: {} }));

test.each([
  ["/api/public/ingestion", { batch: many(10_001) }],
  ["/api/public/scores", many(10_001)],
])("%s takes a bounded number, and says so before any of it is read", async (path, body) => {
  const { status, text, edge } = await send(path, body);
  expect(status).toBe(413);
  expect(JSON.parse(text)).toMatchObject({ code: "too_many_actions" });
  expect(edge.appends).toEqual([]);
});

it("takes a batch of the largest number", async () => {
  const { status, text } = await send("/api/public/ingestion", { batch: many(10_000) });
  expect(status).toBe(207);
  expect((JSON.parse(text) as { successes: unknown[] }).successes).toHaveLength(10_000);
});

const HOSTILE = { valueOf: 1, toString: 1, toJSON: 1, length: 1e9 };
const FIELDS = [
  "id",
  "traceId",
  "name",
  "timestamp",
  "startTime",
  "endTime",
  "completionStartTime",
  "input",
  "output",
  "metadata",
  "tags",
  "level",
  "statusMessage",
  "version",
  "release",
  "environment",
  "public",
  "model",
  "modelParameters",
  "usage",
  "usageDetails",
  "costDetails",
  "promptName",
  "promptVersion",
  "parentObservationId",
  "type",
  "sessionId",
  "userId",
  "observationId",
  "value",
  "dataType",
  "comment",
  "configId",
  "queueId",
  "source",
  "datasetRunId",
];

test.each(Object.keys(EVENT_KINDS))(
  "%s with any field that is no plain value is no error of ours",
  async (type) => {
    const values = [
      HOSTILE,
      [HOSTILE],
      { __proto__: HOSTILE },
      [[[[]]]],
      1e308,
      -0,
      "\ud800",
      "\0",
    ];
    const batch = FIELDS.flatMap((field) =>
      values.map((value, nth) => ({
        id: `${field} ${nth}`,
        type,
        body: { id: "o", traceId: "t", name: "n", value: 1, [field]: value },
      })),
    );
    const { status, text } = await send("/api/public/ingestion", { batch });
    expect(status).toBe(207);
    expect(text).not.toContain("Internal Server Error");
  },
);

test.each(["metadata", "batch"])("a hostile %s of the whole is no error of ours", async (field) => {
  const body = { batch: [], metadata: {}, [field]: HOSTILE };
  expect([207, 400]).toContain((await send("/api/public/ingestion", body)).status);
});

test.each([
  ["MAX_BODY_BYTES", { MAX_BODY_BYTES: "20000" }, { batch: many(1), more: "x".repeat(30_000) }],
  ["MAX_ACTIONS", { MAX_ACTIONS: "10" }, { batch: many(11) }],
])("%s holds for pages on these paths too, and not for servers", async (_name, limit, body) => {
  const origin = "https://a.test";
  const env = { ...KEYS, AUTH: "key", ALLOWED_ORIGINS: origin, ...limit };
  const post = (headers: Record<string, string>) =>
    edgeUnderTest({ open: false, env }).app.request("/api/public/ingestion", {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  const page = await post({ authorization: `Bearer ${KEYS.LANGFUSE_PUBLIC_KEY}`, origin });
  expect(page.status).toBe(413);
  expect((await post({ authorization: BASIC })).status).toBe(207);
});
