import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { ACTION_NAMES } from "../../../../src/protocol/wire.ts";
import { observationData, scoreData, traceData } from "../../../../src/protocol/wire.ts";
import { edgeUnderTest, KEYS } from "../edge-under-test.ts";
import { runs } from "../../../support/runs.ts";

vi.spyOn(console, "info").mockImplementation(() => {});
const failures = vi.spyOn(console, "error").mockImplementation(() => {});

const FIELDS = [observationData, traceData, scoreData].flatMap((schema) =>
  Object.keys(schema.shape),
);
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom("t", "root", "", 0, -1, 1e21, true, null, Date.parse("2026-11-22")),
  // A text may be JSON itself, as deep as it likes.
  fc
    .tuple(fc.json({ maxDepth: 2 }), fc.constantFrom(1, 100, 600, 5000))
    .map(([inside, depth]) => "[".repeat(depth) + inside + "]".repeat(depth)),
);
/** What users say comes more often: most is done with it. */
const field = fc.oneof(
  fc.constantFrom(...FIELDS),
  fc.constantFrom("input", "metadata", "tags", "modelParameters"),
);
const valid = fc.constantFrom(
  { action: "create_trace", data: { traceId: "t", name: "Bot" } },
  { action: "end_span", data: { traceId: "u", spanId: "x", endTime: "2026-11-22T11:00:00Z" } },
  { action: "create_score", data: { sessionId: "s", name: "n", value: true } },
  { action: "flush" },
);
const odd = fc.record(
  {
    action: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...ACTION_NAMES) }, value),
    data: fc.oneof({ weight: 9, arbitrary: fc.dictionary(field, value) }, value),
    id: value,
    seq: value,
    at: value,
  },
  { requiredKeys: ["action", "data"] },
);
const action = fc.oneof(valid, odd);
const request = fc.record(
  {
    actions: fc.array(action, { maxLength: 12 }),
    sessionId: value,
    clientId: value,
    sentAt: value,
  },
  { requiredKeys: ["actions"] },
);

test.each<[string, Record<string, string>]>([
  ["", {}],
  [", masked", { MASK: "all", MASK_PATTERNS: '["[a-z]+-[0-9]+"]' }],
  [", some of it dropped", { MASK: "all", DROP_FIELDS: "**.a, input, *.*.b, tags.0" }],
])("property: any JSON is answered in JSON%s, and never with a 5xx", async (_, env) => {
  const { post, appends } = edgeUnderTest({ env: { ...KEYS, ...env } });
  const statuses = new Set<number>();
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.jsonValue(), action, request), async (body) => {
      appends.length = 0;
      const answer = await post(body);
      statuses.add(answer.status);
      expect([200, 207, 400]).toContain(answer.status);
      expect(answer.body["success"]).toBe(answer.status === 200);
      // What is answered as accepted went to an object, and nothing else did.
      const sent = appends.reduce((sum, { request: { actions } }) => sum + actions.length, 0);
      const results = answer.body["results"];
      if (Array.isArray(results)) expect(answer.body["accepted"]).toBe(sent);
      expect(appends.length).toBeLessThanOrEqual(8);
    }),
    { numRuns: runs(500) },
  );
  expect(failures).not.toHaveBeenCalled();
  expect(statuses).toEqual(new Set([200, 207, 400]));
});

test("property: any bytes are answered in JSON, and never with a 5xx", async () => {
  const { app } = edgeUnderTest();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), fc.boolean(), async (bytes, gzip) => {
      const headers = { ...(gzip && { "content-encoding": "gzip" }) };
      const init = { method: "POST", headers, body: new Uint8Array(bytes) };
      const response = await app.request("/api/langfuse/trace", init);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ success: false });
    }),
  );
});
