import { describe, expect, test } from "vitest";
import { langfuseTraceId, objectName } from "../../../../src/protocol/ids.ts";
import { RAW, SPAN } from "../actions.ts";
import { BASIC, edgeUnderTest } from "../edge-under-test.ts";
import { NOW } from "../interpret/interpreting.ts";

const TRACE = langfuseTraceId(RAW);

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
      answer: () => ({ results: [{ status: "repeat" }], pending: 1, sealed: 0 }),
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
        sealed: 0,
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
      sealed: 0,
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
    ["answers for too few", () => ({ results: [], pending: 0, sealed: 0 })],
  ])("whose object %s may be sent again", async (_, answer) => {
    const { post } = edgeUnderTest({ answer });
    const { status, body, headers } = await post(SPAN);
    expect([status, headers.get("retry-after")]).toEqual([503, "1"]);
    expect(body).toMatchObject({ success: false, error: { code: "unavailable" } });
    expect(JSON.stringify(body)).not.toContain("sk-");
  });
});

test("a clock that cannot be meant says nothing about the times it gave", async () => {
  const { post, appends } = edgeUnderTest();
  await post({ ...SPAN, sentAt: 0 });
  expect(appends[0]?.request).not.toHaveProperty("sentAt");
});
