// What somebody is told who is not let in: which of the ways it was, to a server; and never which keys exist.
import { afterEach, describe, expect, test, vi } from "vitest";
import { SPAN } from "../actions.ts";
import { BASIC, edgeUnderTest, KEYS } from "../edge-under-test.ts";
import { TRACE_PATH } from "../../../../src/edge/app.ts";

const logged: string[] = [];
for (const level of ["info", "warn", "error"] as const) {
  vi.spyOn(console, level).mockImplementation((line: string) => void logged.push(line));
}
afterEach(() => void logged.splice(0));
const authOf = (line = "{}"): unknown => (JSON.parse(line) as { auth?: unknown }).auth;
const ENV = {
  ...KEYS,
  AUTH: "token",
  AUTH_TOKEN_SECRET: "x".repeat(32),
  ALLOWED_ORIGINS: "https://a.test",
};
const basic = (pair: string) => `Basic ${btoa(pair)}`;

async function refused(headers: Record<string, string>, env: Record<string, unknown> = ENV) {
  const { post } = edgeUnderTest({ env, open: false });
  const { status, body } = await post(SPAN, headers);
  const error = body["error"] as { code: string; message: string };
  return { status, ...error, auth: authOf(logged.at(-1)) };
}

describe("a server that is not let in", () => {
  test("hears whether it showed no keys, or wrong ones, and the log says so", async () => {
    const none = await refused({});
    const wrong = await refused({ authorization: basic("pk-secret-1:no") });
    const scheme = await refused({ authorization: "Digest x" });
    expect([none.status, none.code, none.auth]).toEqual([401, "unauthorized", "none"]);
    expect([wrong.status, wrong.code, wrong.auth]).toEqual([401, "unauthorized", "keys"]);
    expect([scheme.status, scheme.code, scheme.auth]).toEqual([401, "unauthorized", "scheme"]);
    expect(new Set([none.message, wrong.message, scheme.message]).size).toBe(3);
  });

  test("does not hear which keys exist", async () => {
    const known = await refused({ authorization: basic("pk-secret-1:no") });
    for (const pair of ["pk-other:no", "pk-other:sk-secret-1", "pk-secret-1", "", "pk-secret-1:"]) {
      expect(await refused({ authorization: basic(pair) })).toEqual(known);
    }
    expect(await refused({ authorization: "Basic %%%" })).toEqual(known);
  });

  test("is told apart in the log at health too", async () => {
    const { app } = edgeUnderTest({ env: ENV, open: false });
    await app.request(TRACE_PATH, { headers: { authorization: basic("pk-secret-1:no") } });
    expect(authOf(logged.at(-1))).toBe("keys");
  });
});

describe("a page that is not let in", () => {
  const origin = "https://a.test";
  test.each<[string, Record<string, string>, string, Record<string, unknown>]>([
    ["shows nothing", { origin }, "none", ENV],
    ["shows the secret key", { origin, authorization: BASIC }, "secret_in_browser", ENV],
    ["is not allowed", { origin: "https://evil.test" }, "origin", ENV],
    ["comes where no page may", {}, "auth_not_configured", KEYS],
    ["comes where nothing is set up", { authorization: BASIC }, "not_configured", {}],
  ])("%s: the log says %s", async (_, headers, auth, env) => {
    const told = await refused(headers, env);
    expect(told.auth).toBe(auth);
    expect(JSON.stringify(told)).not.toContain(headers["origin"] ?? "https://");
  });
});
