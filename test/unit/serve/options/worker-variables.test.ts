import { expect, test } from "vitest";
import { secretsIn, workerVariables } from "../../../../src/serve/options/worker-variables.ts";

test("settings of the environment and of the file reach the Worker, and nothing else does", () => {
  const environment = {
    PATH: "/bin",
    HOME: "/root",
    AWS_SECRET_ACCESS_KEY: "x",
    LANGFUSE_SECRET_KEY: "sk-lf-env",
    LANGFUSE_EDGE_URL: "http://127.0.0.1:8787",
    LANGFUSE_RELEASE: "",
    AUTH: undefined,
  };
  const file = {
    LANGFUSE_SECRET_KEY: "sk-lf-file",
    AUTH: "token",
    LANGFUSE_RELEASE: "7",
    OTHER: "1",
  };
  expect(workerVariables(environment, file)).toEqual({
    LANGFUSE_SECRET_KEY: "sk-lf-env",
    AUTH: "token",
    LANGFUSE_RELEASE: "7",
    OTHER: "1",
  });
});

test("a name that is misspelt reaches the edge, which refuses it", () => {
  const environment = { MASKS: "email", LANGFUSE_SECRETKEY: "x", DROP_FIELD: "a", UMASK: "022" };
  expect(Object.keys(workerVariables(environment, {}))).toEqual(
    expect.arrayContaining(["MASKS", "LANGFUSE_SECRETKEY", "DROP_FIELD"]),
  );
  expect(workerVariables(environment, {})).not.toHaveProperty("UMASK");
});

test("what no line of the log may hold", () => {
  const secrets = secretsIn({
    LANGFUSE_PUBLIC_KEY: "pk-lf-public",
    LANGFUSE_SECRET_KEY: "sk-lf-secret",
    LANGFUSE_BASE_URL: "https://langfuse.example",
    LANGFUSE_PROJECTS: '{"pk-lf-b":"sk-lf-other-secret"}',
    LANGFUSE_EXTRA_HEADERS: '{"cf-access-client-secret":"header-secret"}',
    AUTH_TOKEN_SECRET: "short",
    AUTH: "token",
  });
  expect(secrets).toEqual(
    expect.arrayContaining(["sk-lf-secret", "sk-lf-other-secret", "header-secret"]),
  );
  expect(secrets).not.toEqual(expect.arrayContaining(["pk-lf-public"]));
  expect(secrets.every((text) => text.length >= 8 && !text.startsWith("https"))).toBe(true);
});
