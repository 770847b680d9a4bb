import { describe, expect, test } from "vitest";
import { readSettings } from "../../../src/settings/index.ts";

const ONE = { LANGFUSE_PUBLIC_KEY: "pk-1", LANGFUSE_SECRET_KEY: "sk-1" };
const TWO = { ...ONE, LANGFUSE_PROJECTS: { "pk-2": "sk-2" } };
const PROVIDER = {
  AUTH_JWKS_URL: "https://keys.example/jwks",
  AUTH_ISSUER: "https://keys.example",
  AUTH_AUDIENCE: "app",
};
const ACCESS = { DASHBOARD_ACCESS_TEAM: "acme", DASHBOARD_ACCESS_AUD: "aud-1, aud-2" };

test("nobody, unless a setting says who", () => {
  const { dashboard, problems } = readSettings(ONE);
  expect(dashboard).toEqual({ content: false });
  expect(problems).toEqual([]);
});

describe("a claim", () => {
  test.each([
    ["roles=langfuse-read", "roles", "langfuse-read"],
    ["https://example.com/roles = a=b:c", "https://example.com/roles", "a=b:c"],
  ])("%s", (text, name, value) => {
    const { dashboard, problems, access } = readSettings({
      ...ONE,
      ...PROVIDER,
      DASHBOARD_CLAIM: text,
    });
    expect(problems).toEqual([]);
    expect(dashboard).toMatchObject({ project: { publicKey: "pk-1" }, claim: { name, value } });
    // It lets no page write.
    expect(access.modes.size).toBe(0);
  });

  test.each(["langfuse-read", "=x", "roles=", "="])("%s is none", (text) => {
    const { dashboard, problems } = readSettings({ ...ONE, ...PROVIDER, DASHBOARD_CLAIM: text });
    expect(dashboard).toEqual({ content: false });
    expect(problems).toEqual([expect.stringMatching(/^DASHBOARD_CLAIM: must be/)]);
  });

  test("needs the provider that signs it", () => {
    const { dashboard, problems } = readSettings({ ...ONE, DASHBOARD_CLAIM: "roles=x" });
    expect(dashboard).toEqual({ content: false });
    expect(problems).toEqual([expect.stringMatching(/^DASHBOARD_CLAIM: needs AUTH_JWKS_URL/)]);
  });
});

describe("Cloudflare Access", () => {
  test.each(["acme", "ACME", "acme.cloudflareaccess.com", "https://acme.cloudflareaccess.com/"])(
    "of the team %s",
    (team) => {
      const { dashboard, problems } = readSettings({
        ...ONE,
        ...ACCESS,
        DASHBOARD_ACCESS_TEAM: team,
      });
      expect(problems).toEqual([]);
      expect(dashboard.cloudflareAccess).toEqual({
        issuer: "https://acme.cloudflareaccess.com",
        audience: ["aud-1", "aud-2"],
      });
    },
  );

  test.each([
    { DASHBOARD_ACCESS_TEAM: "acme" },
    { DASHBOARD_ACCESS_AUD: "aud-1" },
    { ...ACCESS, DASHBOARD_ACCESS_TEAM: "https://evil.example" },
    { ...ACCESS, DASHBOARD_ACCESS_TEAM: "evil.example/acme.cloudflareaccess.com" },
    { ...ACCESS, DASHBOARD_ACCESS_TEAM: "acme.cloudflareaccess.com.evil.example" },
  ])("not by half, nor by another's keys: %j", (given) => {
    const { dashboard, problems } = readSettings({ ...ONE, ...given });
    expect(dashboard).toEqual({ content: false });
    expect(problems).toEqual([expect.stringMatching(/^DASHBOARD_ACCESS_TEAM/)]);
  });
});

describe("the project that they see", () => {
  test("has to be named where there are several", () => {
    const { dashboard, problems } = readSettings({ ...TWO, ...ACCESS });
    expect(dashboard).toEqual({ content: false });
    expect(problems).toEqual([expect.stringMatching(/^DASHBOARD_PROJECT: is needed/)]);
  });

  test("is the one that is named, and no other", () => {
    const named = readSettings({ ...TWO, ...ACCESS, DASHBOARD_PROJECT: "pk-2" });
    expect(named.dashboard.project?.publicKey).toBe("pk-2");
    const unknown = readSettings({ ...TWO, ...ACCESS, DASHBOARD_PROJECT: "pk-3" });
    expect(unknown.dashboard).toEqual({ content: false });
    expect(unknown.problems).toEqual([expect.stringMatching(/^DASHBOARD_PROJECT: must be/)]);
  });
});

test("payloads are shown only where it says true", () => {
  expect(readSettings({ ...ONE, DASHBOARD_CONTENT: "true" }).dashboard.content).toBe(true);
  const odd = readSettings({ ...ONE, DASHBOARD_CONTENT: "yes" });
  expect(odd.dashboard.content).toBe(false);
  expect(odd.problems).toHaveLength(1);
});
