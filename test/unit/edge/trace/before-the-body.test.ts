import { describe, expect, test } from "vitest";
import { MAX_BODY_BYTES } from "../../../../src/protocol/limits.ts";
import { ENV as TOKEN_ENV } from "../access/tokens.ts";
import { SPAN } from "../actions.ts";
import { BASIC, edgeUnderTest } from "../edge-under-test.ts";

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
