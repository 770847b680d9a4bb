// What is no text: `[vars]` of a wrangler.toml may hold numbers, flags, lists and tables.
import { describe, expect, test } from "vitest";
import { readSettings } from "../../../src/settings/index.ts";
import { SETTING_NAMES } from "../../../src/settings/unknown.ts";

const KEYS = { LANGFUSE_PUBLIC_KEY: "pk", LANGFUSE_SECRET_KEY: "sk" };

describe("a setting as TOML has it", () => {
  test.each([
    { TRACE_IDLE_SECONDS: 20, DEAD_LETTER_DAYS: 3, MAX_ACTIONS: 5, LANGFUSE_RELEASE: 7 },
    { LEGACY: false, DASHBOARD_CONTENT: true, LOG_LEVEL: "warn" },
    { ALLOWED_ORIGINS: ["https://a.test", "https://*.b.test"], RATE_LIMITS: ["new=5/10"] },
  ])("is read as its text would be: %j", (env) => {
    const texts = Object.fromEntries(
      Object.entries(env).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(",") : String(value),
      ]),
    );
    expect(readSettings({ ...KEYS, ...env })).toEqual(readSettings({ ...KEYS, ...texts }));
  });

  test("a flag that turns LEGACY off does, though it is no word of it", () => {
    const { legacy, problems } = readSettings({ ...KEYS, LEGACY: false });
    expect(legacy).toBe("off");
    expect(problems).toEqual([expect.stringMatching(/^LEGACY: /)]);
  });
});

describe("a table where none is meant", () => {
  test("lets nobody in, sends nothing elsewhere, and is named", () => {
    const table = { of: ["https://evil.test"] };
    const env = { ...KEYS, AUTH: table, ALLOWED_ORIGINS: table, LANGFUSE_BASE_URL: table };
    const { access, projects, problems } = readSettings(env);
    expect([access.modes.size, access.allowedOrigins.length, projects.size]).toEqual([0, 0, 0]);
    for (const name of ["AUTH", "ALLOWED_ORIGINS", "LANGFUSE_BASE_URL"]) {
      expect(problems).toContainEqual(expect.stringMatching(new RegExp(`^${name}: `)));
    }
  });

  /** Anything is a name or a secret, and a key that is none is refused by Langfuse. */
  const ANY_TEXT =
    /^(LANGFUSE_(RELEASE|PUBLIC_KEY|SECRET_KEY)|AUTH_(USER|SESSION)_CLAIM|AUTH_ISSUER|AUTH_AUDIENCE)$/;
  /** Only looked at beside others. */
  const BESIDE: Record<string, Record<string, string>> = {
    AUTH_JWKS_URL: { AUTH: "jwt", AUTH_ISSUER: "i", AUTH_AUDIENCE: "a" },
    DASHBOARD_PROJECT: { DASHBOARD_ACCESS_TEAM: "acme", DASHBOARD_ACCESS_AUD: "a" },
  };
  for (const name of ["AUTH_ALGORITHMS", "AUTH_CLOCK_TOLERANCE", "AUTH_JWT_HEADER"]) {
    BESIDE[name] = { ...BESIDE["AUTH_JWKS_URL"], AUTH_JWKS_URL: "https://idp.test/keys" };
  }

  test.each(SETTING_NAMES.filter((name) => !ANY_TEXT.test(name)))("%s is a problem", (name) => {
    const { problems } = readSettings({ ...KEYS, ...BESIDE[name], [name]: { a: 1 } });
    const named = name.replace(/^LANGFUSE_(BASEURL|HOST)$/, "LANGFUSE_BASE_URL");
    expect(problems).toContainEqual(expect.stringContaining(named));
    expect(problems.join()).not.toContain('{"a":1}');
  });
});
