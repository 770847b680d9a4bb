import { describe, expect, test } from "vitest";
import { readSettings, type Settings } from "../../../src/settings/index.ts";

const SECRET = "token-secret-0123456789-0123456789";
const KEYS = { LANGFUSE_PUBLIC_KEY: "pk-1", LANGFUSE_SECRET_KEY: "sk-1" };
const read = (env: Record<string, unknown>): Settings => readSettings({ ...KEYS, ...env });
const modes = (settings: Settings): string[] => [...settings.access.modes];

describe("AUTH", () => {
  test.each(["token", " Token ,", "token,token"])("%j accepts tokens", (AUTH) => {
    const settings = read({ AUTH, AUTH_TOKEN_SECRET: SECRET });
    expect(modes(settings)).toEqual(["token"]);
    expect(settings.access.asked).toBe(true);
    expect(settings.problems).toEqual([]);
  });

  test("unset accepts nothing, and is no problem", () => {
    const settings = read({ AUTH_TOKEN_SECRET: SECRET });
    expect([modes(settings), settings.access.asked, settings.problems]).toEqual([[], false, []]);
  });

  test.each(["tokens", "none", "*", "token;key"])("%j accepts nothing, and is named", (AUTH) => {
    const settings = read({ AUTH, AUTH_TOKEN_SECRET: SECRET });
    expect([modes(settings), settings.access.asked]).toEqual([[], true]);
    expect(settings.problems).toEqual([expect.stringMatching(/^AUTH: /)]);
  });

  test("what is not understood does not stop what is", () => {
    const settings = read({ AUTH: "token, magic", AUTH_TOKEN_SECRET: SECRET });
    expect([modes(settings), settings.problems.length]).toEqual([["token"], 1]);
  });
});

describe("token secrets", () => {
  const secrets = (settings: Settings, publicKey = "pk-1") =>
    settings.projects.get(publicKey)?.tokenSecrets;

  test("are the default project's, the current one first", () => {
    const both = { AUTH_TOKEN_SECRET: SECRET, AUTH_TOKEN_SECRET_PREVIOUS: `${SECRET}-old` };
    expect(secrets(read(both))).toEqual([SECRET, `${SECRET}-old`]);
    const only = { LANGFUSE_PROJECTS: { "pk-b": "sk-b" }, AUTH_TOKEN_SECRET: SECRET };
    expect(secrets(readSettings(only), "pk-b")).toEqual([SECRET]);
  });

  test("are each project's own", () => {
    const entry = {
      secretKey: "sk-b",
      tokenSecret: `${SECRET}-b`,
      previousTokenSecret: `${SECRET}-c`,
    };
    const settings = read({
      AUTH: "token",
      AUTH_TOKEN_SECRET: SECRET,
      LANGFUSE_PROJECTS: { "pk-b": entry, "pk-c": "sk-c" },
    });
    expect(secrets(settings)).toEqual([SECRET]);
    expect(secrets(settings, "pk-b")).toEqual([`${SECRET}-b`, `${SECRET}-c`]);
    expect(secrets(settings, "pk-c")).toBeUndefined();
    expect(settings.problems).toEqual([]);
  });

  test.each<[string, Record<string, unknown>, string[]]>([
    ["none", {}, ["AUTH"]],
    ["too short a one", { AUTH_TOKEN_SECRET: "x".repeat(31) }, ["AUTH_TOKEN_SECRET", "AUTH"]],
    [
      "too short a one before",
      { AUTH_TOKEN_SECRET: SECRET, AUTH_TOKEN_SECRET_PREVIOUS: "short" },
      ["AUTH_TOKEN_SECRET_PREVIOUS", "AUTH"],
    ],
    [
      "only the one before",
      { AUTH_TOKEN_SECRET_PREVIOUS: SECRET },
      ["AUTH_TOKEN_SECRET_PREVIOUS", "AUTH"],
    ],
    [
      "too short a one of a project",
      { LANGFUSE_PROJECTS: { "pk-b": { secretKey: "sk-b", tokenSecret: "short" } } },
      ["tokenSecret", "AUTH"],
    ],
  ])("with %s, tokens are refused", (_, env, names) => {
    const settings = read({ AUTH: "token", ...env });
    expect(modes(settings)).toEqual([]);
    expect([...settings.projects.values()].some((one) => one.tokenSecrets)).toBe(false);
    expect(settings.problems.map((problem) => problem.split(":")[0])).toEqual(names);
    expect(settings.problems.join()).not.toMatch(/short,|x{31}|token-secret/);
  });
});

describe("an identity provider", () => {
  const PROVIDER = {
    AUTH: "jwt",
    AUTH_JWKS_URL: "https://idp.test/keys",
    AUTH_ISSUER: "https://idp.test/",
    AUTH_AUDIENCE: "my-app",
  };

  test("is read, with defaults", () => {
    const { access, problems } = read(PROVIDER);
    expect([[...access.modes], access.provider, problems]).toEqual([
      ["jwt"],
      {
        jwksUrl: "https://idp.test/keys",
        issuer: "https://idp.test/",
        audience: ["my-app"],
        algorithms: ["RS256", "ES256"],
        clockToleranceSeconds: 30,
        userClaim: "sub",
      },
      [],
    ]);
  });

  test("is not even read where AUTH does not name it", () => {
    const settings = read({ ...PROVIDER, AUTH: "", AUTH_JWKS_URL: "ftp://x" });
    expect([settings.access.provider, settings.problems]).toEqual([undefined, []]);
  });

  test.each([
    [{ AUTH_JWKS_URL: "" }, "AUTH"],
    [{ AUTH_ISSUER: "" }, "AUTH"],
    [{ AUTH_AUDIENCE: " , " }, "AUTH"],
    [{ AUTH_JWKS_URL: "http://idp.test/keys" }, "AUTH_JWKS_URL"],
    [{ AUTH_JWKS_URL: "http://127.0.0.1.evil.io/keys" }, "AUTH_JWKS_URL"],
    [{ AUTH_JWKS_URL: "keys" }, "AUTH_JWKS_URL"],
    [{ AUTH_ALGORITHMS: "HS256" }, "AUTH_ALGORITHMS"],
    [{ AUTH_ALGORITHMS: "RS256,none" }, "AUTH_ALGORITHMS"],
    [{ AUTH_JWT_HEADER: "a: b" }, "AUTH_JWT_HEADER"],
    [{ LANGFUSE_PUBLIC_KEY: "", LANGFUSE_SECRET_KEY: "" }, "AUTH"],
  ])("with %j lets nobody in", (env, name) => {
    const settings = read({ ...PROVIDER, ...env });
    expect([modes(settings), settings.access.provider]).toEqual([[], undefined]);
    expect(settings.problems.map((problem) => problem.split(":")[0])).toEqual([name]);
  });

  test("on this machine needs no https", () => {
    expect(modes(read({ ...PROVIDER, AUTH_JWKS_URL: "http://127.0.0.1:9/keys" }))).toEqual(["jwt"]);
  });
});
