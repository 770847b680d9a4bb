// The oldest paths: one request, one event; the answer is its id.
import { expect, it, test, vi } from "vitest";
import { langfuseObservationId, langfuseTraceId } from "../../../../src/protocol/ids.ts";
import { BASIC, edgeUnderTest, readAnswer } from "../edge-under-test.ts";

vi.spyOn(console, "info").mockImplementation(() => {});
const T = langfuseTraceId("t");

async function send(
  edge: ReturnType<typeof edgeUnderTest>,
  method: string,
  path: string,
  body: unknown,
) {
  const headers = { authorization: BASIC, "content-type": "application/json" };
  return readAnswer(
    await edge.app.request(`/api/public/${path}`, { method, headers, body: JSON.stringify(body) }),
  );
}

test.each<[string, string, Record<string, unknown>, string, object]>([
  [
    "POST",
    "traces",
    { id: "t", name: "n" },
    "t",
    { op: "create", root: true, fields: { name: "n" } },
  ],
  [
    "POST",
    "spans",
    { id: "s", traceId: "t", input: 1 },
    "s",
    { op: "create", type: "span", fields: { input: "1" } },
  ],
  [
    "PATCH",
    "spans",
    { spanId: "s", traceId: "t", output: "o" },
    "s",
    { op: "update", fields: { output: "o" } },
  ],
  [
    "POST",
    "generations",
    { id: "s", traceId: "t", prompt: ["p"], completion: "c", usage: { promptTokens: 2 } },
    "s",
    { type: "generation", fields: { input: '["p"]', output: "c", usageDetails: '{"input":2}' } },
  ],
  [
    "PATCH",
    "generations",
    { generationId: "s", traceId: "t", completion: "c" },
    "s",
    { op: "update", fields: { output: "c" } },
  ],
  ["POST", "events", { id: "s", traceId: "t", name: "n" }, "s", { type: "event" }],
  [
    "POST",
    "scores",
    { id: "s", traceId: "t", name: "n", value: 1 },
    "s",
    { kind: "score", id: "s" },
  ],
])("%s %s", async (method, path, body, id, expected) => {
  const edge = edgeUnderTest({ open: false });
  const { status, body: answer } = await send(edge, method, path, body);
  expect([status, answer]).toEqual([200, { id }]);
  const change = edge.appends[0]?.request.actions[0]?.change;
  expect(change).toMatchObject({ trace: T, legacy: true, ...expected });
  if (path !== "traces" && path !== "scores") {
    expect(change).toMatchObject({ target: langfuseObservationId(T, "s") });
  }
});

it("makes an id where there is none, another one each time; the same request again is the same event", async () => {
  const edge = edgeUnderTest({ open: false });
  const [one, other] = [
    await send(edge, "POST", "traces", {}),
    await send(edge, "POST", "traces", {}),
  ];
  expect(one.body["id"]).not.toBe(other.body["id"]);
  const same = { id: "s", traceId: "t", name: "n" };
  for (const _ of [0, 1]) await send(edge, "POST", "spans", same);
  const ids = edge.appends.flatMap(({ request }) => request.actions.map(({ id }) => id));
  expect(ids[2]).toBe(ids[3]);
  expect(new Set(ids).size).toBe(3);
});

test.each<[string, string, unknown]>([
  ["POST", "traces", "no object"],
  ["PATCH", "spans", { traceId: "t" }],
  ["POST", "scores", { traceId: "t", value: 1 }],
])("%s %s of %j is a 400", async (method, path, body) => {
  const { status, body: answer } = await send(edgeUnderTest({ open: false }), method, path, body);
  expect(status).toBe(400);
  expect(answer).toHaveProperty("message");
});
