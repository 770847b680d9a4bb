import { beforeEach, describe, expect, test, vi } from "vitest";
import { langfuseTraceId, objectName } from "../../../src/protocol/ids.ts";
import { MAX_ACTIONS, MAX_BODY_BYTES } from "../../../src/protocol/limits.ts";
import { TRACE_PATH } from "../../../src/edge/app.ts";
import { ENV as TOKEN_ENV } from "./access/tokens.ts";
import { BASIC, edgeUnderTest, told } from "./edge-under-test.ts";
import { NOW } from "./interpreting.ts";

const RAW = "ui2-1671234567890-abc123";
const TRACE = langfuseTraceId(RAW);
const SPAN = { action: "create_span", data: { traceId: RAW, spanId: "x" } };
const SCORE = { action: "create_score", data: { sessionId: "s", name: "n", value: 1 } };

const logged: Record<string, unknown>[] = [];
beforeEach(() => {
  logged.length = 0;
  for (const level of ["info", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((line: string) => {
      logged.push({ level, ...(JSON.parse(line) as object) });
    });
  }
});

describe("one action", () => {
  test("is kept in its object and answered with its ids", async () => {
    const { post, appends } = edgeUnderTest();
    const { status, body, headers } = await post(SPAN);
    expect([status, body]).toEqual([
      200,
      {
        success: true,
        traceId: RAW,
        spanId: "x",
        langfuseTraceId: TRACE,
        traceparent: expect.stringMatching(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`)),
      },
    ]);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(appends).toMatchObject([
      {
        object: objectName({
          project: "pk-secret-1",
          owner: "anonymous",
          kind: "trace",
          value: TRACE,
        }),
        request: {
          project: "pk-secret-1",
          writer: "browser",
          actions: [{ change: { trace: TRACE } }],
        },
      },
    ]);
  });

  test("may carry the envelope beside it", async () => {
    const { post, appends } = edgeUnderTest();
    const sentAt = NOW - 5;
    await post({ ...SPAN, id: "i", seq: 3, at: NOW, sessionId: "s", clientId: "c", sentAt });
    expect(appends[0]?.request).toMatchObject({ sessionId: "s", clientId: "c", sentAt });
    expect(appends[0]?.request.actions[0]).toMatchObject({ id: "i", seq: 3, at: NOW });
  });

  test("that a beacon sends as text is the same", async () => {
    const { post } = edgeUnderTest();
    expect((await post(SPAN, { "content-type": "text/plain;charset=UTF-8" })).status).toBe(200);
  });

  test("that a server sends is in another namespace", async () => {
    const { post, appends } = edgeUnderTest();
    await post(SPAN);
    await post(SPAN, { authorization: BASIC });
    expect(appends[1]?.request.writer).toBe("server");
    expect(appends[1]?.object).not.toBe(appends[0]?.object);
  });

  test("that is repeated is answered as the first time", async () => {
    const { post } = edgeUnderTest({
      answer: () => ({ results: [{ status: "repeat" }], pending: 1, onTheirWay: 0 }),
    });
    const first = await edgeUnderTest().post(SPAN);
    const again = await post(SPAN);
    expect([again.status, again.body]).toEqual([first.status, first.body]);
  });

  test.each([
    [{ action: "delete_trace" }, "invalid_action"],
    [{ action: 5, data: {} }, "invalid_action"],
    [{ ...SPAN, seq: -1 }, "invalid_action"],
    [{ ...SPAN, data: [] }, "invalid_data"],
    [{ action: "create_span", data: {} }, "session_or_trace_required"],
    [{ ...SPAN, at: "then" }, "invalid_time"],
  ])("%j is refused: %s", async (body, code) => {
    const { post, appends } = edgeUnderTest();
    expect(await post(body)).toMatchObject({
      status: 400,
      body: { success: false, error: { code } },
    });
    expect(appends).toEqual([]);
  });

  test("that its object refuses says so", async () => {
    const { post } = edgeUnderTest({
      answer: () => ({
        results: [{ status: "refused", code: "too_old", message: "too old" }],
        pending: 0,
        onTheirWay: 0,
      }),
    });
    expect(await post(SPAN)).toMatchObject({ status: 400, body: { error: { code: "too_old" } } });
  });

  test("over its session's quota may be sent again when there is room", async () => {
    const answer = () => ({
      results: [
        {
          status: "refused" as const,
          code: "quota_exceeded" as const,
          message: "enough",
          retryAfter: 9,
        },
      ],
      pending: 0,
      onTheirWay: 0,
    });
    const { post } = edgeUnderTest({ answer });
    const { status, body, headers } = await post(SPAN);
    expect([status, headers.get("retry-after")]).toEqual([429, "9"]);
    expect(body).toMatchObject({ success: false, error: { code: "quota_exceeded" } });
    const many = await post({ actions: [SPAN], sessionId: "s" });
    expect(many.status).toBe(429);
    expect(many.body["results"]).toMatchObject([{ error: { retryable: true, retryAfter: 9 } }]);
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("evicted, key sk-secret-1");
      },
    ],
    ["answers for too few", () => ({ results: [], pending: 0, onTheirWay: 0 })],
  ])("whose object %s may be sent again", async (_, answer) => {
    const { post } = edgeUnderTest({ answer });
    const { status, body, headers } = await post(SPAN);
    expect([status, headers.get("retry-after")]).toEqual([503, "1"]);
    expect(body).toMatchObject({ success: false, error: { code: "unavailable" } });
    expect(JSON.stringify(body)).not.toContain("sk-");
  });
});

describe("many actions", () => {
  test("all kept: 200, and what each became", async () => {
    const { post, appends } = edgeUnderTest();
    const { status, body } = await post({ actions: [SPAN, { ...SCORE, id: "i" }], clientId: "c" });
    expect([status, body["success"], body["accepted"]]).toEqual([200, true, 2]);
    expect(body["results"]).toMatchObject([
      { index: 0, success: true, spanId: "x" },
      { index: 1, id: "i", success: true, scoreId: expect.stringMatching(/^[0-9a-f]{32}$/) },
    ]);
    expect(appends).toHaveLength(2);
  });

  test("the valid ones beside an invalid one are taken", async () => {
    const { post, appends } = edgeUnderTest();
    const bad = { action: "create_span", data: { traceId: RAW, endTime: "x" }, id: "bad" };
    const { status, body } = await post({ actions: [null, SPAN, bad], sessionId: "s" });
    expect([status, body["success"], body["accepted"]]).toEqual([207, false, 1]);
    expect(body["results"]).toMatchObject([
      { index: 0, error: { code: "invalid_action", retryable: false } },
      { index: 1, success: true },
      { index: 2, id: "bad", error: { code: "invalid_time", path: "data.endTime" } },
    ]);
    expect(appends[0]?.request.actions).toHaveLength(1);
  });

  test("an object that fails only fails its own", async () => {
    const failing = objectName({
      project: "pk-secret-1",
      owner: "anonymous",
      kind: "session",
      value: "s",
    });
    const { post } = edgeUnderTest({
      answer: ({ actions }, object) => {
        if (object === failing) throw new Error("gone");
        return { results: actions.map(() => ({ status: "accepted" })), pending: 1, onTheirWay: 0 };
      },
    });
    const { status, body } = await post({ actions: [SCORE, SPAN, SCORE] });
    expect([status, body["accepted"]]).toEqual([207, 1]);
    expect(body["results"]).toMatchObject([
      { success: false, error: { code: "unavailable", retryable: true } },
      { success: true },
      { success: false },
    ]);
    const alone = await post({ actions: [SCORE, SCORE] });
    expect([alone.status, alone.headers.get("retry-after")]).toEqual([503, "1"]);
  });

  test.each([
    [{}, "actions"],
    [{ data: {} }, "actions"],
    [{ actions: [] }, "actions"],
    [{ actions: {} }, "actions"],
    [{ actions: [SPAN], action: "flush" }, "actions"],
    [{ ...SPAN, sessionId: {} }, "sessionId"],
    [{ ...SPAN, sessionId: "x".repeat(201) }, "sessionId"],
    [{ ...SPAN, clientId: [] }, "clientId"],
    [{ ...SPAN, sentAt: "now" }, "sentAt"],
    [{ ...SPAN, session_id: "s" }, "session_id"],
    [[SPAN], ""],
    ["7", ""],
    ["null", ""],
  ])("%j is no request", async (body, path) => {
    const { post, appends } = edgeUnderTest();
    expect(await post(body)).toMatchObject({
      status: 400,
      body: { success: false, error: { code: "invalid_request", issues: [{ path }] } },
    });
    expect(appends).toEqual([]);
  });

  test("as many as may be, not one more", async () => {
    const { post } = edgeUnderTest();
    const actions = Array.from({ length: MAX_ACTIONS }, () => SPAN);
    expect((await post({ actions })).status).toBe(200);
    expect(await post({ actions: [...actions, SPAN] })).toMatchObject({
      status: 413,
      body: { error: { code: "too_many_actions" } },
    });
  });
});

test("a clock that cannot be meant says nothing about the times it gave", async () => {
  const { post, appends } = edgeUnderTest();
  await post({ ...SPAN, sentAt: 0 });
  expect(appends[0]?.request).not.toHaveProperty("sentAt");
});

describe("flush", () => {
  test("that names nothing succeeds: all that was accepted is durable", async () => {
    const { post, appends, asked } = edgeUnderTest();
    for (const body of [
      { action: "flush" },
      { action: "flush", data: {} },
      { actions: [{ action: "flush" }] },
    ]) {
      expect(await post(body)).toMatchObject({ status: 200, body: { success: true, pending: 0 } });
    }
    expect([appends, asked]).toEqual([[], []]);
  });

  test("of a session or trace says what is pending there, and writes nothing", async () => {
    const { post, appends, asked } = edgeUnderTest();
    const named = [
      { action: "flush", sessionId: "s" },
      { action: "flush", data: { sessionId: "s" } },
      { action: "flush", data: { traceId: RAW } },
    ];
    for (const body of named) {
      expect((await post(body)).body).toEqual({ success: true, pending: 7 });
    }
    expect(appends).toEqual([]);
    expect(asked).toHaveLength(3);
    expect(asked[0]).toBe(asked[1]);
    expect(asked[0]).not.toBe(asked[2]);
  });

  test.each([{ data: { deliver: true } }, { deliver: true }])(
    "with %j hurries what is there",
    async (order) => {
      const { post, appends } = edgeUnderTest({
        answer: () => ({ results: [], pending: 5, onTheirWay: 4 }),
      });
      const { body } = await post({ action: "flush", sessionId: "s", ...order });
      expect(body).toEqual({ success: true, pending: 5, onTheirWay: 4 });
      expect(appends[0]?.request).toMatchObject({ actions: [], flush: { deliver: true } });
    },
  );

  test("as the last of a batch rides on its call", async () => {
    const { post, appends, asked } = edgeUnderTest();
    const { status, body } = await post({ actions: [SPAN, SCORE, { action: "flush" }] });
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: true, accepted: 2, pending: 2 });
    expect(body["results"]).toMatchObject([{}, {}, { index: 2, success: true, pending: 2 }]);
    expect(appends.map(({ request }) => request.flush)).toEqual([
      { deliver: false },
      { deliver: false },
    ]);
    expect(asked).toEqual([]);
  });

  test("believes no object that answers for another number of actions", async () => {
    const { post } = edgeUnderTest({ answer: () => ({ results: [], pending: 0, onTheirWay: 0 }) });
    expect((await post({ actions: [SPAN, { action: "flush" }] })).status).toBe(503);
  });

  test("of the same twice counts it once", async () => {
    const flushes = [{ action: "flush" }, { action: "flush", data: { traceId: RAW } }];
    const { body } = await edgeUnderTest().post({ actions: [SPAN, ...flushes] });
    expect(body).toMatchObject({ pending: 1 });
  });

  test("of an object that does not answer may be sent again", async () => {
    const { post } = edgeUnderTest({
      answer: () => {
        throw new Error("gone");
      },
    });
    const { status, body } = await post({ actions: [SPAN, { action: "flush" }] });
    expect(status).toBe(503);
    expect(body).not.toHaveProperty("pending");
  });
});

describe("before the body is read", () => {
  test("access comes first", async () => {
    const { post } = edgeUnderTest({ env: TOKEN_ENV, open: false });
    const refused = await post("not json", { "content-type": "text/html" });
    expect(refused).toMatchObject({ status: 401, body: { error: { code: "unauthorized" } } });
    expect(refused.headers.get("www-authenticate")).toMatch(/^Basic /);
    expect((await post(SPAN, { authorization: BASIC })).status).toBe(200);
    expect(await post(SPAN, { authorization: BASIC, origin: "https://app.test" })).toMatchObject({
      status: 403,
      body: { error: { code: "forbidden" } },
    });
  });

  test("a deployed Worker without keys takes nothing", async () => {
    const { post } = edgeUnderTest({ open: false, env: {} });
    expect(await post(SPAN)).toMatchObject({
      status: 503,
      body: { error: { code: "auth_not_configured" } },
    });
    expect(await post(SPAN, { authorization: BASIC })).toMatchObject({
      status: 503,
      body: { error: { code: "not_configured" } },
    });
  });

  test.each<[Record<string, string>, number]>([
    [{ "content-length": String(MAX_BODY_BYTES + 1), "content-type": "text/html" }, 413],
    [{ "content-type": "text/html" }, 415],
    [{ "content-encoding": "br" }, 415],
  ])("%j: %i", async (headers, status) => {
    const { post } = edgeUnderTest();
    const refused = await post(SPAN, headers);
    expect(refused.status).toBe(status);
    expect(refused.body).toMatchObject({ success: false });
  });

  test("what is not JSON is 400", async () => {
    const { post } = edgeUnderTest();
    expect(await post("{")).toMatchObject({
      status: 400,
      body: { error: { code: "invalid_json" } },
    });
  });
});

describe("everything else", () => {
  test.each(["/", "/api/langfuse", "/api/langfuse/trace/x", "/API/langfuse/trace"])(
    "%s is not found",
    async (path) => {
      const { app } = edgeUnderTest();
      for (const method of ["GET", "POST", "OPTIONS"]) {
        const answer = await told(await app.request(path, { method }));
        expect(answer).toMatchObject({ status: 404, body: { error: { code: "not_found" } } });
      }
    },
  );

  test.each(["PUT", "PATCH", "DELETE"])("%s is not allowed, and what is", async (method) => {
    const { app } = edgeUnderTest();
    const answer = await told(await app.request(TRACE_PATH, { method }));
    expect(answer).toMatchObject({ status: 405, body: { error: { code: "method_not_allowed" } } });
    expect(answer.headers.get("allow")).toBe("GET, HEAD, POST, OPTIONS");
  });

  test("a slash at the end is the same path", async () => {
    const { app } = edgeUnderTest();
    const init = { method: "POST", body: JSON.stringify(SPAN) };
    expect((await app.request(`${TRACE_PATH}/`, init)).status).toBe(200);
    expect((await app.request(`${TRACE_PATH}/`)).status).toBe(200);
  });

  test("OPTIONS is answered, with what pages need where pages may call", async () => {
    const options = { method: "OPTIONS" };
    const closed = await edgeUnderTest({ open: false }).app.request(TRACE_PATH, options);
    expect([closed.status, closed.headers.get("allow")]).toEqual([204, "GET, HEAD, POST, OPTIONS"]);
    expect(closed.headers.has("access-control-allow-origin")).toBe(false);

    const { app } = edgeUnderTest();
    const open = await app.request(TRACE_PATH, options);
    expect(open.status).toBe(204);
    expect(open.headers.get("access-control-allow-origin")).toBe("*");
    expect(open.headers.get("access-control-allow-headers")).toBe(
      "content-type, authorization, content-encoding",
    );
    for (const [path, method] of [
      [TRACE_PATH, "PUT"],
      [TRACE_PATH, "POST"],
      ["/x", "GET"],
    ] as const) {
      const failed = await app.request(path, { method });
      expect(failed.status).toBeGreaterThanOrEqual(400);
      expect(failed.headers.get("access-control-allow-origin")).toBe("*");
    }
  });

  test("what nobody foresaw is a 500 without details, and is logged once", async () => {
    const { post } = edgeUnderTest({
      deps: {
        access: () => {
          throw new TypeError("the secret is out");
        },
      },
    });
    const answer = await post(SPAN);
    expect(answer).toMatchObject({ status: 500, body: { error: { code: "internal_error" } } });
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(JSON.stringify(answer.body)).not.toContain("secret");
    expect(logged).toEqual([
      {
        level: "error",
        event: "request",
        method: "POST",
        status: 500,
        error: "TypeError: the secret is out",
        ms: 0,
      },
    ]);
  });
});

test("each request logs one event, of counts only", async () => {
  const { post, app } = edgeUnderTest();
  await post({ actions: [SPAN, SCORE, { action: "x" }, { action: "flush" }] });
  await app.request(TRACE_PATH);
  expect(logged).toEqual([
    {
      level: "info",
      event: "request",
      method: "POST",
      status: 207,
      actions: 4,
      accepted: 2,
      refused: 1,
      keys: 2,
      ms: 0,
    },
    { level: "info", event: "request", method: "GET", status: 200, ms: 0 },
  ]);
});
