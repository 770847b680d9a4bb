import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allowedOrigins } from "../../../../src/edge/access/origins.ts";
import { readSettings } from "../../../../src/settings/index.ts";

const judge = (allowed: string, origin?: string, url = "https://edge.test/api/langfuse/trace") => {
  const { allowedOrigins: rules } = readSettings({ ALLOWED_ORIGINS: allowed }).access;
  const headers = { ...(origin !== undefined && { origin }) };
  return allowedOrigins(rules, false).judge(new Request(url, { headers }));
};
const LIST =
  "https://app.example.com, https://*.example.org, http://localhost:3000, https://Upper.Example.com/," +
  "https://*.port.example.net:8443, capacitor://localhost, https://default.example.com:443";

test.each([
  "https://app.example.com",
  "HTTPS://APP.EXAMPLE.COM",
  "https://a.example.org",
  "https://a.b.example.org",
  "https://xn--bcher-kva.example.org",
  "http://localhost:3000",
  "https://upper.example.com",
  "https://a.port.example.net:8443",
  "capacitor://localhost",
  "https://default.example.com",
])("%s is allowed", (origin) => {
  expect(judge(LIST, origin)).toEqual({ kind: "allowed", origin });
});

test.each([
  "",
  "null",
  "NULL",
  "*",
  "https://example.com",
  "https://example.org",
  "https://.example.org",
  "http://app.example.com",
  "https://app.example.com:8443",
  "https://app.example.com:443",
  "https://app.example.com/",
  "https://app.example.com/path",
  "https://app.example.com.evil.io",
  "https://app.example.com.",
  "https://app.example.com@evil.io",
  "https://evil.io#https://app.example.com",
  "https://evil.io?https://app.example.com",
  "https://evil.io/.example.org",
  "https://evilexample.org",
  "https://evil-example.org",
  "https://a.example.org.evil.io",
  "https://a.example.org:8443",
  "http://a.example.org",
  "https://user@a.example.org",
  "https://a%2eexample.org",
  "https://a_b.c\\.example.org",
  "https://*.example.org",
  "http://localhost",
  "http://localhost:3001",
  "http://127.0.0.1:3000",
  "https://a.port.example.net",
  "capacitor://localhost.evil",
  "https://app.example.com https://a.example.org",
  "https://app.example.com, https://a.example.org",
  "file://",
  "data:text/html,x",
  "chrome-extension://abc",
])("%j is not", (origin) => {
  expect(judge(LIST, origin)).toEqual({ kind: "refused" });
});

test("no origin is nobody's page, also where nothing is allowed", () => {
  expect(judge("")).toEqual({ kind: "none" });
});

test("the edge's own origin always is, exactly", () => {
  expect(judge("", "https://edge.test")).toMatchObject({ kind: "allowed" });
  const port = "http://127.0.0.1:8787";
  expect(judge("", port, `${port}/api/langfuse/trace`)).toMatchObject({ kind: "allowed" });
  for (const origin of ["http://edge.test", "https://edge.test:8443", "https://a.edge.test"]) {
    expect(judge("", origin)).toEqual({ kind: "refused" });
  }
  expect(judge("", "http://127.0.0.1", `${port}/`)).toEqual({ kind: "refused" });
});

test("null only where it is listed", () => {
  expect(judge("null", "null")).toEqual({ kind: "allowed", origin: "null" });
});

describe("an entry that is not understood", () => {
  test.each([
    "*",
    "https://*",
    "https://*.com",
    "https://*.",
    "https://a.*.com",
    "https://app*.example.com",
    "https://*.example.com/path",
    "*.example.com",
    "example.com",
    "https://app.example.com/path",
    "https://app.example.com?x",
    "https://user@app.example.com",
    "https://",
    "https://app.example.com:99999",
    "https://*.example.com:99999",
    "javascript:alert(1)",
  ])("%s allows nothing, is named and not quoted", (entry) => {
    const { access, problems } = readSettings({ ALLOWED_ORIGINS: `${entry},https://ok.test` });
    expect(access.allowedOrigins).toEqual([{ exact: "https://ok.test" }]);
    expect(problems).toEqual([expect.stringMatching(/^ALLOWED_ORIGINS: /)]);
  });
});

test("property: below a wildcard is only what really is below it", () => {
  const label = fc.stringMatching(/^[a-z0-9]{1,8}$/);
  const host = fc.oneof(
    fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join(".")),
    fc
      .tuple(label, fc.constantFrom(".", "", "-", "@", "/", "#", ".evil."))
      .map(([first, mark]) => `${first}${mark}example.org`),
  );
  fc.assert(
    fc.property(host, (name) => {
      const allowed = judge("https://*.example.org", `https://${name}`).kind === "allowed";
      expect(allowed).toBe(/^([a-z0-9]+\.)+example\.org$/.test(name));
    }),
  );
});

test.each([
  ["true", true, 0],
  ["TRUE", true, 0],
  ["false", false, 0],
  ["", false, 0],
  ["yes", false, 1],
])("ALLOW_CREDENTIALS=%s: %s", (value, allowed, problems) => {
  const settings = readSettings({ ALLOW_CREDENTIALS: value });
  expect(settings.access.allowCredentials).toBe(allowed);
  expect(settings.problems).toHaveLength(problems);
});
