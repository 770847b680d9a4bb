import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSettings } from "../../../src/settings/index.ts";
import { SETTING_NAMES } from "../../../src/settings/unknown.ts";
import { BASIC, edgeUnderTest, KEYS, told } from "../edge/edge-under-test.ts";
import { TRACE_PATH } from "../../../src/edge/app.ts";

const read = (env: Record<string, unknown>) => readSettings({ ...KEYS, ...env });

describe("a misspelt setting", () => {
  test.each([
    ["LANGFUSE_RELEASES", "LANGFUSE_RELEASE"],
    ["LANGFUSE_BASE_URI", "LANGFUSE_BASE_URL"],
    ["langfuse_secret_key", "LANGFUSE_SECRET_KEY"],
    ["ALOWED_ORIGINS", "ALLOWED_ORIGINS"],
    ["AUTH_TOKEN_SECERT", "AUTH_TOKEN_SECRET"],
    ["AUHT", "AUTH"],
    ["LOGLEVEL", "LOG_LEVEL"],
    ["MAX_BODY_BYTE", "MAX_BODY_BYTES"],
    ["SESSION_ACTION_PER_MINUTE", "SESSION_ACTIONS_PER_MINUTE"],
    ["TRACE_IDLE_SECOND", "TRACE_IDLE_SECONDS"],
  ])("%s is a problem: probably %s", (name, meant) => {
    const settings = read({ [name]: "x" });
    expect(settings.problems).toContain(`${name}: unknown setting, probably ${meant}`);
    expect([settings.privacy.kind, settings.storage.kind]).toEqual(["off", "anywhere"]);
  });

  test("of which nothing is known but whose it is, is a problem", () => {
    expect(read({ LANGFUSE_SAMPLE_RATE: "0.1", AUTH_PROVIDER: "x" }).problems).toEqual([
      "LANGFUSE_SAMPLE_RATE: unknown setting",
      "AUTH_PROVIDER: unknown setting",
    ]);
  });

  test.each([
    ["MASKS", "MASK"],
    ["mask", "MASK"],
    ["MAKS", "MASK"],
    ["MSK", "MASK"],
    ["MASKING", "MASK"],
    ["MASK_EMAIL", "MASK"],
    ["LANGFUSE_MASK", "MASK"],
    ["REDACT", "MASK"],
    ["maskPatterns", "MASK_PATTERNS"],
    ["MASK_PATTERN", "MASK_PATTERNS"],
    ["DROP_FIELD", "DROP_FIELDS"],
    ["DROP", "DROP_FIELDS"],
    ["DROPFEILDS", "DROP_FIELDS"],
  ])("%s was to hide something: nothing is taken", (name, meant) => {
    const { privacy, problems } = read({ [name]: "email" });
    expect(privacy.kind).toBe("unusable");
    expect(problems).toEqual([
      `${name}: unknown setting, probably ${meant}; no writes are taken until it is right`,
    ]);
    // Also beside the right one: they may not say the same.
    expect(read({ MASK: "all", [name]: ["email"] }).privacy.kind).toBe("unusable");
  });

  test.each(["JURISDICTION", "DO_JURISDICTIONS", "DO_JURISDICITON"])(
    "%s was to keep it within borders: nothing is stored",
    (name) => {
      const { storage, problems } = read({ [name]: "eu" });
      expect(storage.kind).toBe("unusable");
      expect(problems).toEqual([
        `${name}: unknown setting, probably DO_JURISDICTION; nothing is stored until it is right`,
      ]);
    },
  );

  test("is told by a stable code, and by health to a server", async () => {
    const { app, post, appends } = edgeUnderTest({ env: { ...KEYS, MASKS: "email" } });
    const data = { traceId: "t", input: "ada@example.com" };
    const { status, body, headers } = await post({ action: "create_trace", data });
    expect([status, body["error"], headers.get("retry-after")]).toEqual([
      503,
      expect.objectContaining({ code: "masking_not_configured" }),
      "60",
    ]);
    expect(appends).toEqual([]);
    const health = await app.request(TRACE_PATH, { headers: { authorization: BASIC } });
    expect((await told(health)).body).toMatchObject({
      status: "masking_not_configured",
      problems: [expect.stringMatching(/^MASKS: unknown setting, probably MASK;/)],
    });
  });
});

describe("what is no setting of ours", () => {
  class Binding {
    fetch(): void {}
  }
  test.each<[string, unknown]>([
    ["ASSETS", new Binding()],
    ["MASKS", new Binding()],
    ["SINK", new Binding()],
    ["CF_VERSION_METADATA", { id: "x", tag: "", timestamp: "" }],
    ["DEMO_BACKENDS", "[]"],
    ["DEMO_WORD_MS", "1"],
    ["UMASK", "0022"],
    ["TASK", "x"],
    ["DROPBOX_TOKEN", "x"],
    ["HOST", "x"],
    ["RELEASE", "x"],
    ["OTEL_RESOURCE_ATTRIBUTES", "x"],
    ["NODE_ENV", "production"],
    ["MASKS", " "],
    ["__proto__x", "x"],
  ])("%s passes in silence", (name, value) => {
    const settings = read({ [name]: value });
    expect([settings.problems, settings.privacy.kind, settings.storage.kind]).toEqual([
      [],
      "off",
      "anywhere",
    ]);
  });

  test("a shell's variables, as a developer's machine has them", () => {
    const shell = Object.fromEntries(
      [
        "HOME",
        "PATH",
        "SHELL",
        "USER",
        "LANG",
        "TERM",
        "PWD",
        "EDITOR",
        "LOGNAME",
        "MAIL",
        "TZ",
      ].map((name) => [name, "x"]),
    );
    expect(read(shell).problems).toEqual([]);
  });

  test("a binding with another name than the one it is looked for under", () => {
    expect(read({ LIMIT_OWNERS: new Binding() }).problems).toEqual([
      "LIMIT_OWNERS: unknown setting, probably LIMIT_OWNER",
    ]);
  });
});

test("every setting that is read is a known one, and every known one is read", () => {
  const asked = new Set<string>();
  const rich = { AUTH: "token,jwt,key", AUTH_JWKS_URL: "https://idp.test", AUTH_ISSUER: "i" };
  for (const given of [{}, KEYS, { ...KEYS, ...rich, AUTH_AUDIENCE: "a" }]) {
    readSettings(
      new Proxy<Record<string, unknown>>(given, {
        get: (env, name) => {
          if (typeof name === "string") asked.add(name);
          return Reflect.get(env, name) as unknown;
        },
      }),
    );
  }
  const limits = new Set(["LIMIT_OWNER", "LIMIT_ADDRESS", "LIMIT_NEW"]);
  expect([...asked].filter((name) => !limits.has(name)).toSorted()).toEqual(SETTING_NAMES);
});

test("no name of the shipped configurations is a problem", () => {
  for (const file of ["wrangler.toml", "wrangler.dev.toml"]) {
    const names = readFileSync(file, "utf8").matchAll(/^(?:name|binding) = "([A-Z_]+)"/gm);
    const env = Object.fromEntries([...names].map(([, name]) => [name, new Headers()]));
    expect(Object.keys(env).length).toBeGreaterThan(2);
    expect(read(env).problems).toEqual([]);
  }
});

test("property: whatever is in the environment, it is read, and no value is told", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ maxLength: 20 }), fc.string()), (env) => {
      const marked = Object.fromEntries(Object.entries(env).map(([name]) => [name, "v4lue"]));
      expect(JSON.stringify(readSettings(marked).problems)).not.toContain("v4lue");
    }),
  );
});
