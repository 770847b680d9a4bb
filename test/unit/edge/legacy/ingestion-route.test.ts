// POST /api/public/ingestion, with objects that write down what they are asked: answers as Langfuse gives them, few
// calls for many traces, and no call for nothing.
import fc from "fast-check";
import { afterEach, describe, expect, it, test, vi } from "vitest";
import type { AppendAnswer, AppendRequest } from "../../../../src/protocol/session/append-calls.ts";
import { EVENT_KINDS } from "../../../../src/edge/legacy/events/event-types.ts";
import { runs } from "../../../support/runs.ts";
import { BASIC, edgeUnderTest, type EdgeUnderTest, KEYS } from "../edge-under-test.ts";

vi.spyOn(console, "info").mockImplementation(() => {});
const failures = vi.spyOn(console, "error").mockImplementation(() => {});
afterEach(() => expect(failures).not.toHaveBeenCalled());

const PATH = "/api/public/ingestion";
const AT = "2026-11-22T12:00:00.000Z";
const event = (id: string, type: string, body: unknown) => ({ id, type, timestamp: AT, body });
const trace = (id: string) => event(`e-${id}`, "trace-create", { id });

interface BatchAnswer {
  successes: { id: string; status: number }[];
  errors: { id: string; status: number; message: string; error: string }[];
  code?: string;
}

async function send(
  edge: EdgeUnderTest,
  body: unknown,
  headers: Record<string, string> = { authorization: BASIC },
) {
  const answer = await edge.app.request(PATH, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return {
    status: answer.status,
    headers: answer.headers,
    body: await answer
      .clone()
      .json<BatchAnswer>()
      .catch(() => answer.text() as never),
  };
}

const accepted = (request: AppendRequest): AppendAnswer => ({
  results: request.actions.map(() => ({ status: "accepted" })),
  pending: 0,
  sealed: 0,
});

it("answers each event by its id, after the objects have kept it; what is wrong hurts only itself", async () => {
  const edge = edgeUnderTest({ open: false });
  const answer = await send(edge, {
    batch: [
      trace("t"),
      event("e-2", "span-create", { id: "s", traceId: "t" }),
      event("e-3", "span-delete", {}),
      "no event",
      event("e-5", "sdk-log", { log: "x" }),
      event("e-6", "score-create", { id: "x", traceId: "t", value: 1 }),
    ],
    metadata: { sdk_name: "langfuse-js", sdk_version: "3.39.2" },
  });
  expect(answer.status).toBe(207);
  expect(answer.body).toEqual({
    successes: ["e-t", "e-2", "e-5"].map((id) => ({ id, status: 201 })),
    errors: [
      {
        id: "e-3",
        status: 400,
        message: "Invalid request data",
        error: `type: must be one of ${Object.keys(EVENT_KINDS).join(", ")}`,
      },
      {
        id: "unknown",
        status: 400,
        message: "Invalid request data",
        error: "an event must be an object",
      },
      { id: "e-6", status: 400, message: "Invalid request data", error: "body.name: is missing" },
    ],
  });
  expect(Object.keys(EVENT_KINDS)).toHaveLength(18);
  expect(edge.appends).toHaveLength(1);
  expect(edge.appends[0]?.request).toMatchObject({ writer: "server", lane: true });
  expect(edge.appends[0]?.request.actions).toHaveLength(2);
});

it("calls at most eight objects for a batch of any number of traces", async () => {
  const edge = edgeUnderTest({ open: false });
  const batch = Array.from({ length: 300 }, (_, n) => trace(`t${n}`));
  const { body } = await send(edge, { batch });
  expect([body.successes.length, body.errors]).toEqual([300, []]);
  expect(edge.appends).toHaveLength(8);
  // The same traces go to the same objects.
  await send(edge, { batch: [event("x", "span-create", { id: "s", traceId: "t7" })] });
  const of = edge.appends.find(({ request }) =>
    request.actions.some(({ change }) => change.kind === "change" && change.rawTrace === "t7"),
  );
  expect(edge.appends.at(-1)?.object).toBe(of?.object);
});

test.each([{ batch: null }, { batch: [] }, { batch: null, metadata: null }])(
  "%j is taken without waking any object",
  async (body) => {
    const count = vi.fn();
    const edge = edgeUnderTest({ open: false, deps: { census: { count } } });
    const answer = await send(edge, body);
    expect([answer.status, answer.body]).toEqual([207, { successes: [], errors: [] }]);
    expect([edge.appends, edge.asked, count.mock.calls]).toEqual([[], [], []]);
  },
);

describe("a request that is wrong is answered as Langfuse does", () => {
  test.each<[string, unknown, Record<string, string>, number, unknown]>([
    ["no batch", {}, {}, 400, { message: "Invalid request data" }],
    ["a batch that is no list", { batch: {} }, {}, 400, { message: "Invalid request data" }],
    ["no object", [], {}, 400, { message: "Invalid request data" }],
    ["no JSON", "{", {}, 400, "Invalid JSON"],
    ["too large a body", "[]", { "content-length": "4718593" }, 413, "Body exceeded 4.5mb limit"],
    ["no credentials", { batch: [] }, { authorization: "" }, 401, { error: "UnauthorizedError" }],
    [
      "wrong keys",
      { batch: [] },
      { authorization: `Basic ${btoa("pk-secret-1:sk-wrong")}` },
      401,
      { error: "UnauthorizedError" },
    ],
    [
      "a secret key in a page",
      { batch: [] },
      { origin: "https://a.test" },
      403,
      { error: "ForbiddenError" },
    ],
  ])("%s", async (_, body, headers, status, expected) => {
    const edge = edgeUnderTest({
      open: false,
      env: { ...KEYS, AUTH: "token", AUTH_TOKEN_SECRET: "x".repeat(32) },
    });
    const answer = await send(edge, body, { authorization: BASIC, ...headers });
    expect(answer.status).toBe(status);
    if (typeof expected === "string") expect(answer.body).toBe(expected);
    else expect(answer.body).toMatchObject(expected as object);
    expect(JSON.stringify(answer.body)).not.toContain("sk-secret");
    expect(edge.appends).toEqual([]);
  });

  test("another method", async () => {
    const { app } = edgeUnderTest({ open: false });
    const answer = await app.request(PATH, { headers: { authorization: BASIC } });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
  });
});

describe("an object that does not answer", () => {
  it("makes an error of its events, which the client then sends again", async () => {
    const edge = edgeUnderTest({
      open: false,
      answer: (request, object) => {
        if (object === edge.appends[0]?.object) throw new Error("gone");
        return accepted(request);
      },
    });
    const { status, body } = await send(edge, {
      batch: Array.from({ length: 40 }, (_, n) => trace(`t${n}`)),
    });
    expect(status).toBe(207);
    expect(body.successes.length + body.errors.length).toBe(40);
    expect(new Set(body.errors.map(({ status }) => status))).toEqual(new Set([503]));
  });

  it("of all events makes the whole request one to be sent again", async () => {
    const edge = edgeUnderTest({
      open: false,
      answer: () => Promise.reject(new Error("gone")) as never,
    });
    const { status, headers, body } = await send(edge, { batch: [trace("t")] });
    expect([status, headers.get("retry-after"), body.code]).toEqual([503, "1", "unavailable"]);
  });
});

it("gives what a full lane does not take to an object of each trace", async () => {
  const edge = edgeUnderTest({
    open: false,
    answer: (request) =>
      request.lane === true
        ? {
            ...accepted(request),
            results: request.actions.map(() => ({
              status: "refused",
              code: "unavailable",
              message: "full",
              elsewhere: true,
            })),
          }
        : accepted(request),
  });
  const { status, body } = await send(edge, { batch: ["a", "b", "c"].map(trace) });
  expect([status, body.successes.length]).toEqual([207, 3]);
  const outside = edge.appends.filter(({ request }) => request.lane !== true);
  expect(outside).toHaveLength(3);
  expect(JSON.stringify(body)).not.toContain("elsewhere");
});

describe("the trace of an update that names none", () => {
  it("is that of its create in the batch, in whatever order", async () => {
    const tracesIn = vi.fn();
    const edge = edgeUnderTest({ open: false, deps: { tracesIn } });
    await send(edge, {
      batch: [
        event("1", "span-update", { id: "s" }),
        event("2", "span-create", { id: "s", traceId: "t" }),
      ],
    });
    const actions = edge.appends.flatMap(({ request }) => request.actions);
    expect(new Set(actions.map(({ change }) => change.rawTrace))).toEqual(new Set(["t"]));
    expect(tracesIn).not.toHaveBeenCalled();
  });

  it("else the one that a lane is assembling it in, and no lane's silence is an error", async () => {
    const asked: string[] = [];
    const edge = edgeUnderTest({
      open: false,
      deps: {
        tracesIn: async (object, ids) => {
          asked.push(object);
          if (asked.length === 1) throw new Error("gone");
          return ids.map((id) => (asked.length === 3 && id === "s" ? "t" : null));
        },
      },
    });
    const { status, body } = await send(edge, { batch: [event("1", "span-update", { id: "s" })] });
    expect([status, body.errors, new Set(asked).size]).toEqual([207, [], 8]);
    expect(edge.appends[0]?.request.actions[0]?.change.rawTrace).toBe("t");
  });
});

describe("a page", () => {
  const env = {
    ...KEYS,
    ALLOWED_ORIGINS: "https://a.test",
    AUTH: "token",
    AUTH_TOKEN_SECRET: "x".repeat(32),
  };
  const page = { origin: "https://a.test", authorization: "Bearer pk-secret-1" };

  it("writes scores with the public key alone, and nothing else where AUTH does not name key", async () => {
    const edge = edgeUnderTest({ open: false, env });
    const { status, headers, body } = await send(
      edge,
      {
        batch: [
          event("1", "score-create", { id: "s", traceId: "t", name: "n", value: 1 }),
          trace("t"),
        ],
      },
      page,
    );
    expect([status, headers.get("access-control-allow-origin")]).toEqual([207, "https://a.test"]);
    expect(body.successes).toEqual([{ id: "1", status: 201 }]);
    expect(body.errors).toMatchObject([
      { id: "e-t", status: 401, message: "Authentication error" },
    ]);
    expect(edge.appends.map(({ request }) => [request.writer, request.lane])).toEqual([
      ["browser", undefined],
    ]);
  });

  it("of another origin, or of none, is not let in", async () => {
    const edge = edgeUnderTest({ open: false, env });
    for (const headers of [
      { ...page, origin: "https://b.test" },
      { authorization: page.authorization },
    ]) {
      const { status } = await send(edge, { batch: [] }, headers);
      expect([401, 403]).toContain(status);
    }
  });

  it("may send the headers that Langfuse's SDK sets", async () => {
    const { app } = edgeUnderTest({ open: false, env });
    const answer = await app.request(PATH, {
      method: "OPTIONS",
      headers: { origin: "https://a.test", "access-control-request-method": "POST" },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://a.test");
    expect(answer.headers.get("access-control-allow-headers")).toContain("x-langfuse-sdk-variant");
  });
});

const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom("t", "", 0, null, true, "root", AT),
);
const FIELDS = [
  "id",
  "traceId",
  "name",
  "startTime",
  "endTime",
  "timestamp",
  "input",
  "output",
  "metadata",
  "usage",
  "usageDetails",
  "costDetails",
  "tags",
  "level",
  "parentObservationId",
  "value",
  "dataType",
  "type",
  "sessionId",
  "modelParameters",
  "promptVersion",
  "environment",
  "public",
];
const someEvent = fc.record(
  {
    id: fc.oneof({ weight: 5, arbitrary: fc.string({ minLength: 1, maxLength: 5 }) }, value),
    type: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...Object.keys(EVENT_KINDS)) }, value),
    timestamp: value,
    body: fc.oneof(
      { weight: 9, arbitrary: fc.dictionary(fc.constantFrom(...FIELDS), value) },
      value,
    ),
  },
  { requiredKeys: ["id", "type", "body"] },
);

test.each([{}, { MASK: "all", DROP_FIELDS: "**.a, input" }])(
  "property: any batch is answered, event by event, and never with a 5xx %j",
  async (more) => {
    const edge = edgeUnderTest({ open: false, env: { ...KEYS, ...more } });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(someEvent, value), { maxLength: 8 }), async (batch) => {
        edge.appends.length = 0;
        const { status, body } = await send(edge, { batch });
        expect(status).toBe(207);
        expect(body.successes.length + body.errors.length).toBe(batch.length);
        const actions = edge.appends.flatMap(({ request }) => request.actions);
        for (const { id, change } of actions) {
          expect([id, change.legacy]).toEqual([expect.any(String), true]);
        }
      }),
      { numRuns: runs(400) },
    );
  },
);
