import { describe, expect, test } from "vitest";
import { objectName } from "../../../../src/protocol/ids.ts";
import { MAX_ACTIONS } from "../../../../src/protocol/limits.ts";
import { RAW, SCORE, SPAN } from "../actions.ts";
import { edgeUnderTest } from "../edge-under-test.ts";

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
        return { results: actions.map(() => ({ status: "accepted" })), pending: 1, sealed: 0 };
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
