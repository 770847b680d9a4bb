import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import type { HealthState } from "../../../../src/protocol/health-calls.ts";
import { TRACE_PATH } from "../../../../src/edge/app.ts";
import { EDGE_VERSION } from "../../../../src/protocol/version.ts";
import { BASIC, edgeUnderTest, KEYS, type ReadAnswer, readAnswer } from "../edge-under-test.ts";
import { NOW } from "../interpret/interpreting.ts";

vi.spyOn(console, "info").mockImplementation(() => {});

const SEED = {
  status: "healthy",
  langfuse_configured: true,
  public_key_available: true,
  secret_key_available: true,
  base_url: "https://analytics.test",
};
const ENV = { ...KEYS, LANGFUSE_BASE_URL: "https://user:pw@analytics.test/" };
const STATE: HealthState = {
  lastDelivery: NOW,
  pending: 4,
  delivered: 9,
  dead: 1,
  lastError: { class: "unauthorized", since: NOW - 1000, last: NOW },
  failures: 2,
};

const TOKENS = { AUTH: "token", AUTH_TOKEN_SECRET: "x".repeat(32) };

async function get(
  options: Parameters<typeof edgeUnderTest>[0],
  headers: Record<string, string> = {},
): Promise<ReadAnswer> {
  return readAnswer(await edgeUnderTest(options).app.request(TRACE_PATH, { headers }));
}

test.each([true, false])(
  "without credentials: exactly the seed's five fields (open: %s)",
  async (open) => {
    const { status, body, headers } = await get({ env: { ...ENV, ...TOKENS }, open });
    expect([status, body]).toEqual([200, SEED]);
    expect(headers.get("cache-control")).toBe("no-store");
  },
);

test("who lets no browser in says so", async () => {
  const { body } = await get({ env: ENV, open: false });
  expect(body).toEqual({ ...SEED, browsers: "auth_not_configured" });
  const asked = await get(
    { env: { ...ENV, AUTH: "token" }, open: false },
    { authorization: BASIC },
  );
  expect(asked.body).toMatchObject({
    browsers: "auth_not_configured",
    auth: [],
    problems: ["AUTH: token needs AUTH_TOKEN_SECRET, or a tokenSecret in LANGFUSE_PROJECTS"],
  });
});

test("HEAD answers too, without a body", async () => {
  const { app } = edgeUnderTest({ env: ENV, open: false });
  const response = await app.request(TRACE_PATH, { method: "HEAD" });
  expect([response.status, await response.text()]).toEqual([200, ""]);
});

test("without configuration it says so", async () => {
  expect((await get({ env: {}, open: false })).body).toEqual({
    status: "unconfigured",
    langfuse_configured: false,
    public_key_available: false,
    secret_key_available: false,
    base_url: "https://cloud.langfuse.com",
    browsers: "auth_not_configured",
  });
  expect((await get({ env: { LANGFUSE_PUBLIC_KEY: "pk" }, open: false })).body).toMatchObject({
    status: "unconfigured",
    public_key_available: true,
    secret_key_available: false,
  });
});

test("with the project's keys: how delivery is going", async () => {
  const env = { ...ENV, ...TOKENS, TRACE_ID_FORMAT: "odd" };
  const { status, body } = await get(
    { env, open: false, health: () => STATE },
    { authorization: BASIC },
  );
  expect([status, body]).toEqual([
    200,
    {
      ...SEED,
      version: EDGE_VERSION,
      auth: ["token"],
      last_delivery: "2026-11-22T12:00:00.000Z",
      pending: 4,
      dead: STATE.dead,
      settled_again: 0,
      last_error: { class: "unauthorized", since: "2026-11-22T11:59:59.000Z" },
      masks: [],
      time: expect.any(String),
      delivery_problems: [],
      problems: ["TRACE_ID_FORMAT: must be derived or verbatim; using derived"],
    },
  ]);
});

test("nothing delivered and nothing failed yet", async () => {
  const { body } = await get({ env: ENV }, { authorization: BASIC });
  expect(body).toMatchObject({ last_delivery: null, pending: 0, last_error: null, problems: [] });
});

test("it still answers where the object that knows does not", async () => {
  const health = (): HealthState => {
    throw new Error("gone");
  };
  const { status, body } = await get({ env: ENV, health }, { authorization: BASIC });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    ...SEED,
    status: "degraded",
    last_delivery: null,
    pending: null,
    last_error: null,
    delivery_problems: [{ code: "health_unavailable" }],
  });
});

describe("trouble that lasts", () => {
  const MINUTE = 60_000;
  const failing = (minutes: number): HealthState => {
    const since = NOW - minutes * MINUTE;
    const lastError = { class: "unauthorized", since, last: NOW, message: "Invalid credentials" };
    return { ...STATE, lastError, failingSince: since };
  };

  test("is seen by everybody in one word, and nothing else is told", async () => {
    const env = { ...ENV, ...TOKENS };
    expect((await get({ env, health: () => failing(1) })).body).toEqual(SEED);
    expect((await get({ env, health: () => failing(5) })).body).toEqual({
      ...SEED,
      status: "degraded",
    });
    const stranger = { authorization: "Bearer x" };
    expect((await get({ env, health: () => failing(5) }, stranger)).body).toMatchObject({
      status: "degraded",
    });
  });

  test("is told to the project's server: why, since when, how many wait", async () => {
    const lastDead = { reason: "refused", message: "no such type", at: NOW - MINUTE };
    const health = (): HealthState => ({ ...failing(5), lastDead });
    const { body } = await get({ env: ENV, health }, { authorization: BASIC });
    expect(body).toMatchObject({
      status: "degraded",
      last_error: { class: "unauthorized", message: "Invalid credentials" },
      last_dead: { reason: "refused", message: "no such type", at: "2026-11-22T11:59:00.000Z" },
      delivery_problems: [
        { code: "unauthorized", since: "2026-11-22T11:55:00.000Z", waiting: STATE.pending },
        { code: "dead_letters", since: "2026-11-22T11:59:00.000Z" },
      ],
    });
  });

  test("of any project is everybody's, of its own a server's", async () => {
    const LANGFUSE_PROJECTS = JSON.stringify({ "pk-2": "sk-2" });
    const health = (key: string) => ({
      report: () => Promise.reject(new Error("nothing is told")),
      read: async () => (key === "pk-2" ? failing(5) : { ...STATE, lastError: undefined as never }),
    });
    const options = { env: { ...ENV, LANGFUSE_PROJECTS }, open: false, deps: { health } };
    expect((await get(options)).body["status"]).toBe("degraded");
    expect((await get(options, { authorization: BASIC })).body["status"]).toBe("healthy");
    const second = `Basic ${btoa("pk-2:sk-2")}`;
    expect((await get(options, { authorization: second })).body["status"]).toBe("degraded");
  });

  test("of the queue is trouble", async () => {
    const queue = { problem: () => ({ code: "queue_missing" }) };
    const options = { env: ENV, deps: { queue } };
    expect((await get(options)).body["status"]).toBe("degraded");
    expect((await get(options, { authorization: BASIC })).body).toMatchObject({
      status: "degraded",
      delivery_problems: [{ code: "queue_missing" }],
    });
  });

  test("is looked for once in ten seconds, however many ask", async () => {
    const world = { now: NOW, looks: 0, minutes: 0 };
    const health = (): HealthState => {
      world.looks += 1;
      return failing(world.minutes);
    };
    const { app } = edgeUnderTest({ env: ENV, health, deps: { now: () => world.now } });
    const status = async () => (await readAnswer(await app.request(TRACE_PATH))).body["status"];
    for (let i = 0; i < 50; i += 1) expect(await status()).toBe("healthy");
    world.minutes = 5;
    world.now += 9_999;
    expect([await status(), world.looks]).toEqual(["healthy", 1]);
    world.now += 1;
    expect([await status(), world.looks]).toEqual(["degraded", 2]);
  });
});

describe("where no project is usable, whoever sets it up hears why", () => {
  const problemsOf = async (env: Record<string, unknown>, authorization = BASIC) => {
    const { status, body } = await get({ env, open: false }, { authorization });
    return status === 200 ? body["problems"] : status;
  };
  const NONE = "LANGFUSE_PUBLIC_KEY, LANGFUSE_SECRET_KEY: no Langfuse project can be used";

  test("nothing is set", async () => {
    expect(await problemsOf({})).toEqual([NONE]);
  });
  test("a secret is missing", async () => {
    expect(await problemsOf({ LANGFUSE_PUBLIC_KEY: "pk-secret-1" })).toEqual([
      NONE,
      "LANGFUSE_SECRET_KEY: is missing",
    ]);
    expect(await problemsOf({ LANGFUSE_SECRET_KEY: "sk-secret-1" })).toEqual([
      NONE,
      "LANGFUSE_PUBLIC_KEY: is missing",
    ]);
  });
  test("the base URL has no scheme: to whom holds the keys", async () => {
    const env = { ...KEYS, LANGFUSE_BASE_URL: "langfuse.example.com" };
    expect(await problemsOf(env)).toEqual([
      NONE,
      "LANGFUSE_BASE_URL: must be a URL that begins with https:// or http://",
    ]);
    expect(await problemsOf(env, `Basic ${btoa("pk-secret-1:no")}`)).toBe(503);
  });
  test("a page is told nothing", async () => {
    const headers = { authorization: BASIC, origin: "https://app.test" };
    const { body } = await get({ env: {}, open: false }, headers);
    expect(body).not.toHaveProperty("problems");
  });
});

test("wrong keys are refused, keys in a browser too", async () => {
  const wrong = `Basic ${Buffer.from("pk-secret-1:no").toString("base64")}`;
  expect((await get({ env: ENV, open: false }, { authorization: wrong })).status).toBe(401);
  const origin = "https://app.test";
  expect((await get({ env: ENV, open: false }, { authorization: BASIC, origin })).status).toBe(403);
});

test("what is no server's authorization tells no more than none", async () => {
  const { status, body } = await get({ env: ENV, open: true }, { authorization: "Bearer x" });
  expect([status, body]).toEqual([200, SEED]);
});

test("no key and no part of one is told", async () => {
  for (const headers of [{}, { authorization: BASIC }]) {
    const text = JSON.stringify(await get({ env: ENV, health: () => STATE }, headers));
    expect(text).not.toMatch(/secret-1|user|pw/);
  }
});

test("the version is the package's", async () => {
  const path = fileURLToPath(new URL("../../../../package.json", import.meta.url).href);
  const { version } = JSON.parse(await readFile(path, "utf8")) as { version: string };
  expect(version).toBe(EDGE_VERSION);
});
