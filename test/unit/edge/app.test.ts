import { beforeEach, describe, expect, test, vi } from "vitest";
import { TRACE_PATH } from "../../../src/edge/app.ts";
import { LOG_LEVELS, logFrom } from "../../../src/log.ts";
import { SCORE, SPAN } from "./actions.ts";
import { edgeUnderTest, readAnswer } from "./edge-under-test.ts";

const logged: Record<string, unknown>[] = [];
beforeEach(() => {
  logged.length = 0;
  logFrom("debug");
  for (const level of LOG_LEVELS) {
    vi.spyOn(console, level).mockImplementation((line: string) => {
      logged.push({ level, ...(JSON.parse(line) as object) });
    });
  }
});

describe("everything else", () => {
  test.each(["/", "/api/langfuse", "/api/langfuse/trace/x", "/API/langfuse/trace"])(
    "%s is not found",
    async (path) => {
      const { app } = edgeUnderTest();
      for (const method of ["GET", "POST", "OPTIONS"]) {
        const answer = await readAnswer(await app.request(path, { method }));
        expect(answer).toMatchObject({ status: 404, body: { error: { code: "not_found" } } });
      }
    },
  );

  test.each(["PUT", "PATCH", "DELETE"])("%s is not allowed, and what is", async (method) => {
    const { app } = edgeUnderTest();
    const answer = await readAnswer(await app.request(TRACE_PATH, { method }));
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
        code: "internal_error",
        error: "TypeError: the secret is out",
        ms: 0,
      },
    ]);
  });
});

test("each request logs one event, of counts only, louder where something is refused", async () => {
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
    { level: "debug", event: "request", method: "GET", status: 200, ms: 0 },
  ]);
});
