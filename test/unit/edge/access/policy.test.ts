import { describe, expect, test } from "vitest";
import { accessControl, openAccess } from "../../../../src/edge/access/policy.ts";
import { readSettings } from "../../../../src/settings/index.ts";
import { shellAt } from "../edge-under-test.ts";
import { NOW } from "../interpret/interpreting.ts";
import { ask } from "./asking.ts";

const SETTINGS = readSettings({
  LANGFUSE_PUBLIC_KEY: "pk-1",
  LANGFUSE_SECRET_KEY: "sk-1:ü",
  LANGFUSE_PROJECTS: { "pk-2": { secretKey: "sk-2", baseUrl: "https://two.test" } },
});
const FALLBACK = { publicKey: "pk-dev", secretKey: "sk-dev", baseUrl: "http://127.0.0.1" };

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString("base64")}`;

describe("servers", () => {
  const control = accessControl(
    SETTINGS,
    shellAt(() => NOW),
  );

  test.each([
    ["pk-1:sk-1:ü", "pk-1"],
    ["pk-2:sk-2", "pk-2"],
  ])("%s writes to its project as a server", async (pair, publicKey) => {
    expect(await ask(control, basic(pair))).toEqual({
      project: SETTINGS.projects.get(publicKey),
      writer: "server",
      owner: "server",
    });
  });

  test("the scheme's case does not matter", async () => {
    const authorization = basic("pk-2:sk-2").replace("Basic", "bAsIc");
    expect(await ask(control, authorization)).toHaveProperty("project");
  });

  test.each([
    "Basic",
    "Basic ",
    "Basic %%%",
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
  ])("%s is not enough", async (authorization) => {
    expect(await ask(control, authorization)).toMatchObject({
      refusal: {
        code: "unauthorized",
        headers: { "www-authenticate": expect.stringMatching(/^Basic /) },
      },
    });
  });

  test.each(["pk-2:sk-2", "pk-2:wrong"])("%s from a page is an accident", async (pair) => {
    const answer = await ask(control, basic(pair), "https://app.test");
    expect(answer).toMatchObject({
      refusal: { code: "forbidden", message: expect.stringContaining("secret key") },
    });
    expect(JSON.stringify(answer)).not.toContain("sk-2");
  });

  test("with nothing configured nobody is let in", async () => {
    const nothing = accessControl(
      readSettings({}),
      shellAt(() => NOW),
    );
    expect(await ask(nothing, basic("pk-1:sk-1"))).toMatchObject({
      refusal: { code: "not_configured" },
    });
    expect(await ask(nothing)).toMatchObject({ refusal: { code: "auth_not_configured" } });
  });

  test.each([undefined, "Bearer pk-1", "Digest x"])(
    "without AUTH, %s says what is missing",
    async (authorization) => {
      for (const origin of [undefined, "https://app.test"]) {
        expect(await ask(control, authorization, origin)).toMatchObject({
          refusal: { code: "auth_not_configured" },
        });
      }
    },
  );
});

describe("open to all", () => {
  test("without keys it is a browser, of the default project", async () => {
    for (const authorization of [undefined, "Bearer whatever"]) {
      const control = openAccess(
        SETTINGS,
        FALLBACK,
        shellAt(() => NOW),
      );
      expect(await ask(control, authorization, "https://app.test")).toEqual({
        project: SETTINGS.projects.get("pk-1"),
        writer: "browser",
        owner: "anonymous",
      });
    }
    expect(
      await ask(
        openAccess(
          readSettings({}),
          FALLBACK,
          shellAt(() => NOW),
        ),
      ),
    ).toMatchObject({ project: FALLBACK });
  });

  test("keys that are given must be right", async () => {
    const control = openAccess(
      SETTINGS,
      FALLBACK,
      shellAt(() => NOW),
    );
    expect(await ask(control, basic("pk-2:sk-2"))).toMatchObject({ writer: "server" });
    expect(await ask(control, basic("pk-dev:sk-dev"))).toMatchObject({ project: FALLBACK });
    expect(await ask(control, basic("pk-2:no"))).toMatchObject({
      refusal: { code: "unauthorized" },
    });
    expect(await ask(control, "Basic")).toMatchObject({ refusal: { code: "unauthorized" } });
    expect(await ask(control, basic("pk-2:sk-2"), "https://app.test")).toMatchObject({
      refusal: { code: "forbidden" },
    });
  });
});
