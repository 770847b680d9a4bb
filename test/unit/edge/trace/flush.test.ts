import { describe, expect, test } from "vitest";
import { RAW, SCORE, SPAN } from "../actions.ts";
import { edgeUnderTest } from "../edge-under-test.ts";

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
        answer: () => ({ results: [], pending: 5, sealed: 4 }),
      });
      const { body } = await post({ action: "flush", sessionId: "s", ...order });
      expect(body).toEqual({ success: true, pending: 5, sealed: 4 });
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
    const { post } = edgeUnderTest({ answer: () => ({ results: [], pending: 0, sealed: 0 }) });
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
