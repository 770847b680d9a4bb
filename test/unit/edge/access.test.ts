import { describe, expect, test } from "vitest";
import { type AccessPolicy, openToAll, serversOnly } from "../../../src/edge/access.ts";
import { readSettings } from "../../../src/settings.ts";

const SETTINGS = readSettings({
  LANGFUSE_PUBLIC_KEY: "pk-1",
  LANGFUSE_SECRET_KEY: "sk-1:ü",
  LANGFUSE_PROJECTS: { "pk-2": { secretKey: "sk-2", baseUrl: "https://two.test" } },
});
const FALLBACK = { publicKey: "pk-dev", secretKey: "sk-dev", baseUrl: "http://127.0.0.1" };

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString("base64")}`;
const ask = (
  policy: AccessPolicy,
  authorization?: string,
  origin?: string,
): ReturnType<AccessPolicy> =>
  policy(
    new Request("https://edge.test/", {
      headers: { ...(authorization && { authorization }), ...(origin && { origin }) },
    }),
  );

describe("servers only", () => {
  const policy = serversOnly(SETTINGS);

  test.each([
    ["pk-1:sk-1:ü", "pk-1"],
    ["pk-2:sk-2", "pk-2"],
  ])("%s writes to its project as a server", (pair, publicKey) => {
    expect(ask(policy, basic(pair))).toEqual({
      project: SETTINGS.projects.get(publicKey),
      writer: "server",
      owner: "server",
    });
  });

  test("the scheme's case does not matter", () => {
    expect(ask(policy, basic("pk-2:sk-2").replace("Basic", "bAsIc"))).toHaveProperty("project");
  });

  test.each([
    undefined,
    "Basic",
    "Basic ",
    "Basic %%%",
    "Bearer pk-1",
    basic(""),
    basic(":"),
    basic("pk-1"),
    basic("pk-1:"),
    basic("pk-1:sk-2"),
    basic("pk-1:sk-1:ü "),
    basic("pk-2:sk-1:ü"),
    basic("pk-3:sk-1"),
    basic("pk-3:"),
    basic("sk-2:pk-2"),
  ])("%s is not enough", (authorization) => {
    expect(ask(policy, authorization)).toMatchObject({
      refusal: {
        code: "unauthorized",
        headers: { "www-authenticate": expect.stringMatching(/^Basic /) },
      },
    });
  });

  test.each(["pk-2:sk-2", "pk-2:wrong"])("%s from a page is an accident", (pair) => {
    const answer = ask(policy, basic(pair), "https://app.test");
    expect(answer).toMatchObject({
      refusal: { code: "forbidden", message: expect.stringContaining("secret key") },
    });
    expect(JSON.stringify(answer)).not.toContain("sk-2");
  });

  test("with nothing configured nobody is let in", () => {
    expect(ask(serversOnly(readSettings({})), basic("pk-1:sk-1"))).toMatchObject({
      refusal: { code: "not_configured" },
    });
  });
});

describe("open to all", () => {
  test("without keys it is a browser, of the default project", () => {
    expect(ask(openToAll(SETTINGS, FALLBACK), undefined, "https://app.test")).toEqual({
      project: SETTINGS.projects.get("pk-1"),
      writer: "browser",
      owner: "anonymous",
    });
    expect(ask(openToAll(readSettings({}), FALLBACK))).toMatchObject({ project: FALLBACK });
  });

  test("keys that are given must be right", () => {
    const policy = openToAll(SETTINGS, FALLBACK);
    expect(ask(policy, basic("pk-2:sk-2"))).toMatchObject({ writer: "server" });
    expect(ask(policy, basic("pk-dev:sk-dev"))).toMatchObject({ project: FALLBACK });
    expect(ask(policy, basic("pk-2:no"))).toMatchObject({ refusal: { code: "unauthorized" } });
    expect(ask(policy, "Basic")).toMatchObject({ refusal: { code: "unauthorized" } });
    expect(ask(policy, basic("pk-2:sk-2"), "https://app.test")).toMatchObject({
      refusal: { code: "forbidden" },
    });
  });
});
