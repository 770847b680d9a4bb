// A session's or user's id that is longer than Langfuse keeps: the trace is kept all the same.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SESSION_PATH } from "../../../../src/edge/app.ts";
import { objectName, shortenedId } from "../../../../src/protocol/ids.ts";
import { BASIC, edgeUnderTest } from "../edge-under-test.ts";
import { changeOf, interpretOne, refusal, scoreOf } from "./interpreting.ts";

const LONG = `chat ${"x".repeat(300)}`;
const SHORT = `${LONG.slice(0, 183)}.${createHash("sha256").update(LONG).digest("hex").slice(0, 16)}`;
const NOTE = (field: string) => `${field}: longer than 200 characters, shortened`;

describe("an id of more than 200 characters", () => {
  test("is shortened by the published rule, and that is noted", () => {
    const data = { traceId: "t", sessionId: LONG, userId: LONG };
    expect(changeOf(interpretOne("create_trace", data))).toMatchObject({
      traceFields: { sessionId: SHORT, userId: SHORT },
      notes: [NOTE("sessionId"), NOTE("userId")],
    });
    const just = "x".repeat(200);
    const change = changeOf(
      interpretOne("create_trace", { ...data, sessionId: just, userId: just }),
    );
    expect(change).toMatchObject({ traceFields: { sessionId: just, userId: just } });
    expect(change.notes).toBeUndefined();
    const score = { sessionId: LONG, name: "liked", value: 1 };
    expect(scoreOf(interpretOne("create_score", score)).parsed).toMatchObject({ sessionId: SHORT });
  });

  test("of the request orders its actions, and is noted on its traces", async () => {
    const { post, appends } = edgeUnderTest();
    const actions = ["create_trace", "create_span", "update_trace", "flush"].map((action) => ({
      action,
      data: { traceId: "t" },
    }));
    expect((await post({ sessionId: LONG, actions })).status).toBe(200);
    expect(appends).toHaveLength(1);
    expect(appends[0]?.request.sessionId).toBe(SHORT);
    const notes = appends[0]?.request.actions.map(({ change }) => change.notes);
    expect(notes).toEqual([[NOTE("sessionId")], undefined, undefined]);
  });

  test("names the session that a server deletes", async () => {
    const deleted: string[] = [];
    const { app } = edgeUnderTest({
      deps: {
        sessionFor: (name) => ({
          append: () => Promise.reject(new Error("nobody may")),
          pending: () => Promise.reject(new Error("nobody may")),
          deleteSession: async () => {
            deleted.push(name);
            const none = { actions: 0, open: 0, pending: 0, dead: 0, inFlight: 0 };
            return { object: name, ...none, until: 0 };
          },
        }),
      },
    });
    const path = `${SESSION_PATH}/${encodeURIComponent(LONG)}`;
    const answer = await app.request(path, { method: "DELETE", headers: { authorization: BASIC } });
    expect(await answer.json()).toMatchObject({ success: true, sessionId: SHORT });
    const key = { project: "pk-secret-1", kind: "session", value: SHORT } as const;
    expect(deleted).toContain(objectName({ ...key, owner: "server" }));
  });

  test("is no other's than the token's", () => {
    const bound = { bound: { sessionId: LONG.slice(0, 200), userId: "ada" } };
    const item = interpretOne("create_trace", { sessionId: LONG }, { surroundings: bound });
    expect(refusal(item)).toMatchObject({ code: "session_mismatch" });
  });

  test("property: stays its own, fits, and has no half of a character", () => {
    const beginning = fc.string({ unit: "binary", minLength: 170, maxLength: 190 });
    const end = fc.string({ unit: "binary", minLength: 40, maxLength: 80 });
    fc.assert(
      fc.property(beginning, end, end, (same, one, other) => {
        const [a, b] = [shortenedId(same + one), shortenedId(same + other)];
        expect(a.length).toBeLessThanOrEqual(200);
        expect(a.isWellFormed()).toBe(true);
        expect(a === b).toBe(one === other);
      }),
    );
  });
});

test("a half emoji where it is cut is left out", () => {
  const id = `${"x".repeat(182)}😀${"y".repeat(50)}`;
  expect(shortenedId(id)).toMatch(/^x{182}\.[0-9a-f]{16}$/);
});

describe("numbers that JavaScript can't hold", () => {
  test("are kept exactly, as text, and that is noted", async () => {
    const { post, appends } = edgeUnderTest();
    const body = `{"actions":[
      {"action":"create_trace","data":{"traceId":"t","userId":7300000000000000001,
        "input":{"order":12345678901234567891},"metadata":{"tweet":1580661436132757506}}},
      {"action":"create_span","data":{"traceId":"t","startTime":${Date.parse("2026-11-22T11:00:00Z")}}}]}`;
    expect((await post(body)).status).toBe(200);
    const [trace, span] = appends.flatMap(({ request }) => request.actions);
    expect(trace?.change).toMatchObject({
      fields: { input: '{"order":"12345678901234567891"}' },
      traceFields: { userId: "7300000000000000001" },
      metadata: [["tweet", "1580661436132757506"]],
      notes: ["whole numbers beyond 2^53 became text"],
    });
    expect(span?.change.notes).toBeUndefined();
  });

  test("are left out of times, as any time that can't be meant", async () => {
    const { post, appends } = edgeUnderTest();
    const body = `{"action":"create_span","data":{"traceId":"t","startTime":1671234567890123456}}`;
    expect((await post(body)).status).toBe(200);
    expect(appends[0]?.request.actions[0]?.change.notes).toEqual([
      "startTime: not a believable time, left out",
    ]);
  });
});
