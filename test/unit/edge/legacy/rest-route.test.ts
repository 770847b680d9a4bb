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

it("takes a list of scores, as the newest SDKs send them, each by itself", async () => {
  const edge = edgeUnderTest({ open: false });
  const score = { traceId: "t", name: "liked", value: 1, timestamp: "2026-11-22T11:59:00Z" };
  const all = await send(edge, "POST", "scores", [score, { ...score, id: "s-1" }]);
  expect([all.status, all.body]).toEqual([202, { message: "Accepted" }]);
  const some = await send(edge, "POST", "scores", [score, { name: "liked" }, null]);
  expect(some.status).toBe(207);
  expect(some.body).toMatchObject({ accepted: 1, rejected: 2, errors: [{}, {}] });
  // What is sent again is known by its content, at its place.
  const [first, again] = [edge.appends[0], edge.appends[1]].map(
    (one) => one?.request.actions[0]?.id,
  );
  expect(first).toBeDefined();
  expect(again).toBe(first);
});

it("a list of scores that can't be kept just now is an error of the whole: it is sent again", async () => {
  const unavailable = { status: "refused", code: "unavailable", message: "full" } as const;
  const edge = edgeUnderTest({
    open: false,
    answer: ({ actions }) => ({ results: actions.map(() => unavailable), pending: 0, sealed: 0 }),
  });
  const { status, headers } = await send(edge, "POST", "scores", [
    { traceId: "t", name: "n", value: 1 },
  ]);
  expect([status, headers.get("retry-after")]).toEqual([503, "1"]);
});

test.each([
  ["that have ids", [{ id: "a" }, { id: "b" }], 503],
  ["that tell their times", [{ timestamp: "2026-11-22T11:59:00Z" }, { id: "b" }], 503],
  ["of which one would get another id", [{}, { id: "b" }], 207],
])(
  "of scores %s, half of which are kept: never one that doubles when it is repeated",
  async (_, some, expected) => {
    const edge = edgeUnderTest({
      open: false,
      answer: ({ actions }) => ({
        results: actions.map((_action, nth) =>
          nth === 0
            ? { status: "accepted" }
            : { status: "refused", code: "unavailable", message: "not just now" },
        ),
        pending: 0,
        sealed: 0,
      }),
    });
    const scores = some.map((one) => ({ traceId: "t", name: "liked", value: 1, ...one }));
    const { status, body } = await send(edge, "POST", "scores", scores);
    expect(status).toBe(expected);
    if (status === 207) expect(body).toMatchObject({ accepted: 1, rejected: 1 });
  },
);
