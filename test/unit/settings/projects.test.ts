import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_BASE_URL, readProjects } from "../../../src/settings/projects.ts";

const KEYS = { LANGFUSE_PUBLIC_KEY: "pk", LANGFUSE_SECRET_KEY: "sk" };
const read = (env: Record<string, unknown>) => {
  const problems: string[] = [];
  return { ...readProjects(env, problems), problems };
};

describe("the project of the keys", () => {
  test("is the default, at Langfuse's own address until another is given", () => {
    const project = { publicKey: "pk", secretKey: "sk", baseUrl: DEFAULT_BASE_URL };
    expect(read(KEYS)).toEqual({
      projects: new Map([["pk", project]]),
      defaultProject: project,
      configured: { publicKey: true, secretKey: true, baseUrl: DEFAULT_BASE_URL },
      problems: [],
    });
  });

  test.each([
    ["https://eu.test/", "https://eu.test"],
    ["https://eu.test/lf//", "https://eu.test/lf"],
    ["https://user:secret@eu.test?x=1#y", "https://eu.test"],
    [" http://127.0.0.1:3000 ", "http://127.0.0.1:3000"],
  ])("is reached at %s as %s", (given, baseUrl) => {
    for (const name of ["LANGFUSE_BASE_URL", "LANGFUSE_BASEURL", "LANGFUSE_HOST"]) {
      expect(read({ ...KEYS, [name]: given }).defaultProject?.baseUrl).toBe(baseUrl);
    }
  });

  test.each(["eu.test", "ftp://eu.test", "javascript:1", "https://"])(
    "is none where its address is %s, which is named without quoting it",
    (url) => {
      const { projects, unusedKeys, configured, problems } = read({
        ...KEYS,
        LANGFUSE_BASE_URL: url,
      });
      expect(projects.size).toBe(0);
      expect(unusedKeys).toEqual({ publicKey: "pk", secretKey: "sk" });
      expect(configured).toEqual({ publicKey: true, secretKey: true, baseUrl: "" });
      expect(problems).toEqual([
        "LANGFUSE_BASE_URL: must be a URL that begins with https:// or http://",
      ]);
    },
  );

  test.each(["LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY"])("is none without %s", (name) => {
    const { projects, problems } = read({ ...KEYS, [name]: " " });
    expect([projects.size, problems]).toEqual([0, [`${name}: is missing`]]);
  });
});

describe("LANGFUSE_PROJECTS", () => {
  const entries = (value: unknown) => ({ LANGFUSE_PROJECTS: JSON.stringify(value) });

  test("goes nowhere else where the address that it leaves out is unusable", () => {
    const given = entries({
      "pk-b": "sk-b",
      "pk-c": { secretKey: "sk-c", baseUrl: "https://c.test" },
    });
    const { projects, problems } = read({ ...given, LANGFUSE_BASE_URL: "langfuse.example.com" });
    expect([...projects.values()].map(({ baseUrl }) => baseUrl)).toEqual(["https://c.test"]);
    expect(problems).toEqual([
      "LANGFUSE_BASE_URL: must be a URL that begins with https:// or http://",
      "LANGFUSE_PROJECTS: an entry without a baseUrl of its own is left out until LANGFUSE_BASE_URL is right",
    ]);
  });

  test("names projects by public key: a secret key, or an object with an address of its own", () => {
    const { projects, defaultProject } = read({
      ...KEYS,
      ...entries({ b: "sk-b", c: { secretKey: "sk-c", baseUrl: "https://c.test/" } }),
    });
    expect([...projects.values()].map((one) => [one.publicKey, one.baseUrl])).toEqual([
      ["b", DEFAULT_BASE_URL],
      ["c", "https://c.test"],
      ["pk", DEFAULT_BASE_URL],
    ]);
    expect(defaultProject?.publicKey).toBe("pk");
  });

  test("has a default where it names one only, or the public key says which", () => {
    expect(read(entries({ b: "sk-b" })).defaultProject?.publicKey).toBe("b");
    expect(read(entries({ b: "sk-b", c: "sk-c" })).defaultProject).toBeUndefined();
    // One that can't be used leaves its own requests homeless: they are no other's.
    const b = { secretKey: "sk-b", baseUrl: "https://b.example" };
    for (const beside of [
      { LANGFUSE_BASE_URL: "b.example", ...entries({ a: "sk-a", b }) },
      { LANGFUSE_BASE_URL: "b.example", ...KEYS, ...entries({ b }) },
      entries({ a: { baseUrl: "https://a.example" }, b }),
      { LANGFUSE_PUBLIC_KEY: "a", ...entries({ b }) },
    ]) {
      const { projects, defaultProject } = read(beside);
      expect([...projects.keys()]).toEqual(["b"]);
      expect(defaultProject).toBeUndefined();
    }
    const named = read({ LANGFUSE_PUBLIC_KEY: "c", ...entries({ b: "sk-b", c: "sk-c" }) });
    expect([named.defaultProject?.publicKey, named.problems]).toEqual(["c", []]);
  });

  test("property: whatever it is, nothing throws, and no problem quotes it", () => {
    const MARK = "m4rk-of-a-secret";
    const anything = fc.oneof(fc.jsonValue(), fc.constant({ b: { secretKey: 1, baseUrl: MARK } }));
    fc.assert(
      fc.property(
        fc.oneof(
          anything,
          anything.map((value) => JSON.stringify(value)),
        ),
        (value) => {
          const { problems } = read({ LANGFUSE_PROJECTS: value });
          expect(problems.join("\n")).not.toContain(MARK);
        },
      ),
    );
  });
});
