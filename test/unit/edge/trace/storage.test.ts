import { expect, test } from "vitest";
import { SESSION_PATH, TRACE_PATH } from "../../../../src/edge/app.ts";
import { BASIC, edgeUnderTest, KEYS, told } from "../edge-under-test.ts";

test("where DO_JURISDICTION can't be used nothing is taken, and health says why", async () => {
  const { app, post, appends, asked } = edgeUnderTest({
    env: { ...KEYS, DO_JURISDICTION: "mars" },
  });
  const headers = { authorization: BASIC };
  const remove = app.request(`${SESSION_PATH}/chat-7`, { method: "DELETE", headers });
  const answers = [
    await post({ action: "create_event", data: { traceId: "t", name: "e" } }),
    await post({ action: "flush", data: { traceId: "t" } }),
    await told(await remove),
  ];
  for (const { status, body, headers: given } of answers) {
    expect([status, body["error"], given.get("retry-after")]).toEqual([
      503,
      expect.objectContaining({ code: "storage_not_configured" }),
      "60",
    ]);
  }
  expect([appends, asked]).toEqual([[], []]);
  const health = await told(await app.request(TRACE_PATH, { headers }));
  expect(health.body).toMatchObject({
    status: "storage_not_configured",
    problems: [expect.stringMatching(/^DO_JURISDICTION/)],
  });
});
