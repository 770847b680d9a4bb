import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { rateLimiting } from "../../../../src/edge/access/rate-limits.ts";
import { seenLately } from "../../../../src/edge/access/seen.ts";
import {
  DEFAULT_RATE_LIMITS,
  LIMIT_BINDINGS,
  type LimitName,
  type RateLimiter,
} from "../../../../src/protocol/rate-limits.ts";
import { readSettings } from "../../../../src/settings/index.ts";
import { BASIC, edgeUnderTest, told } from "../edge-under-test.ts";
import { ENV, PUBLIC_KEY, SECONDS, signed } from "./tokens.ts";

beforeEach(() => {
  for (const level of ["info", "error"] as const) vi.spyOn(console, level).mockReturnValue();
});

/** A counter of so many, for ever. */
function limiter(most: number) {
  const counts = new Map<string, number>();
  const limit: RateLimiter["limit"] = async ({ key }) => {
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return { success: (counts.get(key) ?? 0) <= most };
  };
  return { limit, counts };
}

const PAGE = "https://app.test";
function edge(most: Partial<Record<LimitName, number>>, env: Record<string, unknown> = {}) {
  const limiters = {
    owner: limiter(most.owner ?? 1e9),
    address: limiter(most.address ?? 1e9),
    new: limiter(most.new ?? 1e9),
  };
  const bindings = Object.fromEntries(
    Object.entries(LIMIT_BINDINGS).map(([name, binding]) => [binding, limiters[name as LimitName]]),
  );
  const all = { ...ENV, AUTH: "token,key", ALLOWED_ORIGINS: PAGE, ...bindings, ...env };
  const under = edgeUnderTest({
    env: all,
    open: false,
    deps: { rateLimiting: rateLimiting(limiters, readSettings(all).limits.rates) },
  });
  const span = (sessionId: string) => ({
    action: "create_span",
    data: { traceId: "t", spanId: "x" },
    sessionId,
  });
  const post = async (
    who: { sub?: string; sid?: string } | "key" | "server",
    sessionId = "s",
    address = "192.0.2.1",
  ) => {
    const authorization =
      who === "server"
        ? BASIC
        : who === "key"
          ? `Bearer ${PUBLIC_KEY}`
          : `Bearer ${await signed({ sid: undefined, ...who })}`;
    const origin = who === "server" ? {} : { origin: PAGE };
    const headers = { authorization, "cf-connecting-ip": address, ...origin };
    return (await under.post(span(sessionId), headers)).status;
  };
  return { ...under, limiters, send: post, span };
}

test("who floods is stopped, and its neighbours are not", async () => {
  const { send } = edge({ owner: 3, address: 50 });
  for (let i = 0; i < 3; i += 1) expect(await send({ sub: "noisy" })).toBe(200);
  for (let i = 0; i < 100; i += 1) expect(await send({ sub: "noisy" })).toBe(429);
  for (let i = 0; i < 10; i += 1) expect(await send({ sub: `quiet-${i}` })).toBe(200);
});

test("a user has one count, over its sessions; sessions have one each", async () => {
  const { send } = edge({ owner: 2 });
  expect(await send({ sub: "ada", sid: "a" }, "a")).toBe(200);
  expect(await send({ sub: "ada", sid: "b" }, "b")).toBe(200);
  expect(await send({ sub: "ada", sid: "c" }, "c")).toBe(429);
  expect(await send({ sid: "a" }, "a")).toBe(200);
});

test("an address has one count, over all who are behind it", async () => {
  const { send } = edge({ address: 3 });
  for (let i = 0; i < 3; i += 1) expect(await send({ sub: `user-${i}` })).toBe(200);
  expect(await send({ sub: "user-3" })).toBe(429);
  expect(await send({ sub: "user-3" }, "s", "192.0.2.2")).toBe(200);
});

describe("new sessions", () => {
  test("are counted, known ones not", async () => {
    const { send } = edge({ new: 2 });
    expect(await send({ sub: "ada" }, "one")).toBe(200);
    expect(await send({ sub: "ada" }, "two")).toBe(200);
    expect(await send({ sub: "ada" }, "three")).toBe(429);
    for (let i = 0; i < 20; i += 1) expect(await send({ sub: "ada" }, "one")).toBe(200);
    expect(await send({ sub: "eve" }, "one")).toBe(200);
  });

  test("of the public key are counted by address", async () => {
    const { send, appends } = edge({ new: 2 });
    expect(await send("key", "one")).toBe(200);
    expect(await send("key", "two")).toBe(200);
    for (let i = 0; i < 50; i += 1) expect(await send("key", `random-${i}`)).toBe(429);
    expect(appends).toHaveLength(2);
    expect(await send("key", "one")).toBe(200);
    expect(await send("key", "three", "192.0.2.2")).toBe(200);
  });

  test("of one request count each", async () => {
    const { app, span, appends } = edge({ new: 3 });
    const authorization = `Bearer ${await signed({ sid: undefined, sub: "ada" })}`;
    const actions = ["a", "b", "c", "d"].map((traceId) => ({
      ...span("unused"),
      data: { traceId, spanId: "x" },
    }));
    const init = { method: "POST", headers: { authorization }, body: JSON.stringify({ actions }) };
    expect((await app.request("/api/langfuse/trace", init)).status).toBe(429);
    expect(appends).toEqual([]);
  });
});

describe("the public key alone", () => {
  test("is counted by session and address", async () => {
    const { send } = edge({ owner: 2 });
    for (const status of [200, 200, 429]) expect(await send("key", "noisy")).toBe(status);
    expect(await send("key", "quiet")).toBe(200);
    expect(await send("key", "noisy", "192.0.2.2")).toBe(200);
  });

  test("needs an origin, which a page always has", async () => {
    const { post, span } = edge({});
    const headers = { authorization: `Bearer ${PUBLIC_KEY}` };
    expect(await post(span("s"), headers)).toMatchObject({
      status: 403,
      body: { error: { code: "forbidden" } },
    });
    const evil = { ...headers, origin: "https://evil.test" };
    expect(await post(span("s"), evil)).toMatchObject({
      body: { error: { code: "origin_not_allowed" } },
    });
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["AUTH does not name it", { AUTH: "token" }, "token_invalid"],
    ["no origins are named", { AUTH: "key", ALLOWED_ORIGINS: "" }, "auth_not_configured"],
    ["an address has no counter", { AUTH: "key", LIMIT_ADDRESS: undefined }, "auth_not_configured"],
    ["a counter is none", { AUTH: "key", LIMIT_NEW: {} }, "auth_not_configured"],
    ["a counter is text", { AUTH: "key", LIMIT_OWNER: "on" }, "auth_not_configured"],
  ])("lets nobody in where %s", async (_, env, code) => {
    const { post, span } = edge({}, env);
    const headers = { authorization: `Bearer ${PUBLIC_KEY}`, "x-page": PAGE };
    expect(await post(span("s"), headers)).toMatchObject({ body: { error: { code } } });
    const { problems } = readSettings({ ...ENV, ALLOWED_ORIGINS: PAGE, AUTH: "key", ...env });
    if (code === "auth_not_configured") expect(problems[0]).toMatch(/^AUTH: key needs /);
  });
});

test("servers are not counted: they speak for many", async () => {
  const { send, limiters } = edge({ owner: 0, address: 0, new: 0 });
  for (let i = 0; i < 5; i += 1) expect(await send("server", `s-${i}`)).toBe(200);
  for (const { counts } of Object.values(limiters)) expect(counts.size).toBe(0);
});

test("who is refused uses up no count, is told why every time, and keeps out no neighbour", async () => {
  const { post, span, send, limiters } = edge({ address: 1 });
  const ended = SECONDS - 300;
  const refused = {
    token_invalid: `Bearer ${(await signed()).slice(0, -4)}AAAA`,
    token_expired: `Bearer ${await signed({ iat: ended - 600, exp: ended })}`,
    unauthorized: "",
  };
  for (const [code, authorization] of Object.entries(refused)) {
    const headers = { authorization, origin: PAGE, "cf-connecting-ip": "192.0.2.1" };
    for (let i = 0; i < 20; i += 1) {
      expect(await post(span("s"), headers)).toMatchObject({
        status: 401,
        body: { error: { code } },
      });
    }
  }
  for (const { counts } of Object.values(limiters)) expect(counts.size).toBe(0);
  expect(await send({ sub: "ada" })).toBe(200);
});

test("what is refused says when to come again, whatever its body is", async () => {
  const { app } = edge({ owner: 0 });
  const body = new Blob(["no JSON"]).stream();
  const headers = { authorization: `Bearer ${await signed()}`, origin: PAGE };
  const init = { method: "POST", headers, body, duplex: "half" } as RequestInit;
  const answer = await told(await app.request("/api/langfuse/trace", init));
  expect(answer).toMatchObject({ status: 429, body: { error: { code: "rate_limited" } } });
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "retry-after": "10",
    "x-ratelimit-limit": "100",
    "x-ratelimit-policy": '100;w=10;name="owner"',
    "access-control-allow-origin": PAGE,
  });
});

test("a counter that fails lets nobody through uncounted", async () => {
  const failing: RateLimiter = { limit: () => Promise.reject(new Error("down")) };
  const { post } = edgeUnderTest({
    env: ENV,
    open: false,
    deps: { rateLimiting: rateLimiting({ owner: failing }, DEFAULT_RATE_LIMITS) },
  });
  const authorization = `Bearer ${await signed()}`;
  expect((await post({ action: "flush" }, { authorization })).status).toBe(429);
});

test("counters are asked by hashes", async () => {
  const { send, limiters } = edge({});
  await send({ sub: "ada@example.com" });
  const keys = Object.values(limiters).flatMap(({ counts }) => [...counts.keys()]);
  expect(keys).toHaveLength(3);
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
});

test("what was seen lately is remembered, boundedly, the latest longest", () => {
  const seen = seenLately(3);
  for (const name of ["a", "b", "c", "a", "d"]) seen.add(name);
  expect(["a", "b", "c", "d"].filter(seen.has)).toEqual(["a", "c", "d"]);
});

test("wrangler.toml binds what callers are told", () => {
  const toml = readFileSync("wrangler.toml", "utf8");
  const bound = toml.matchAll(
    /\[\[ratelimits\]\]\nname = "(\w+)"\nnamespace_id = "\d+"\nsimple = \{ limit = (\d+), period = (\d+) \}/g,
  );
  const limits = [...bound].map(([, name, limit, period]) => [name, Number(limit), Number(period)]);
  expect(limits).toEqual(
    Object.entries(DEFAULT_RATE_LIMITS).map(([name, { requests, seconds }]) => [
      LIMIT_BINDINGS[name as LimitName],
      requests,
      seconds,
    ]),
  );
});
