// Who may look, and what nobody gets by looking. Each way in is tried with what is wrong about it.
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { describe, expect, test } from "vitest";
import { accessControl } from "../../../../src/edge/access/policy.ts";
import type { EdgeDeps } from "../../../../src/edge/edge-deps.ts";
import { emptyAnswer } from "../../../../src/figures/read/answer.ts";
import type { HealthState } from "../../../../src/protocol/health-calls.ts";
import { LIVE_PROTOCOL, LIVE_TOKEN_PREFIX } from "../../../../src/protocol/live.ts";
import { readSettings } from "../../../../src/settings/index.ts";
import { edgeUnderTest, readAnswer, type ReadAnswer } from "../edge-under-test.ts";
import { NOW } from "../interpret/interpreting.ts";

const SECONDS = Math.floor(NOW / 1000);
const OWN = "https://edge.test";
const ONE = { publicKey: "pk-one", secretKey: "sk-one-0123456789-0123456789-0123456789" };
const TWO = { publicKey: "pk-two", secretKey: "sk-two-0123456789-0123456789-0123456789" };
const TOKEN_SECRET = "token-secret-0123456789-0123456789-0123456789";
const ENV = {
  LANGFUSE_PUBLIC_KEY: ONE.publicKey,
  LANGFUSE_SECRET_KEY: ONE.secretKey,
  LANGFUSE_PROJECTS: { [TWO.publicKey]: TWO.secretKey },
  AUTH: "token,jwt",
  AUTH_TOKEN_SECRET: TOKEN_SECRET,
  AUTH_JWKS_URL: "https://keys.test/jwks",
  AUTH_ISSUER: "https://idp.test",
  AUTH_AUDIENCE: "app",
  ALLOWED_ORIGINS: "https://app.test",
  ALLOW_CREDENTIALS: "true",
  DASHBOARD_CLAIM: "roles=langfuse-read",
  DASHBOARD_ACCESS_TEAM: "acme",
  DASHBOARD_ACCESS_AUD: "aud-1",
  DASHBOARD_PROJECT: TWO.publicKey,
};
const basic = ({ publicKey, secretKey }: typeof ONE): string =>
  `Basic ${Buffer.from(`${publicKey}:${secretKey}`).toString("base64")}`;

const provider = await generateKeyPair("RS256");
const team = await generateKeyPair("RS256");
const keySets: Record<string, object> = {
  "https://keys.test/jwks": { keys: [{ ...(await exportJWK(provider.publicKey)), kid: "p" }] },
  "https://acme.cloudflareaccess.com/cdn-cgi/access/certs": {
    keys: [{ ...(await exportJWK(team.publicKey)), kid: "t" }],
  },
};
const BOOKS = { totals: {}, minutes: [], hours: [] };

/** Objects that say which project they were asked for. */
function edge(env: Record<string, unknown> = ENV, health?: HealthState) {
  const asked: string[] = [];
  const used = new Set<string>();
  const settings = readSettings(env);
  const control = accessControl(settings, {
    now: () => NOW,
    send: async ({ url }) =>
      Response.json(keySets[url] ?? {}, { status: keySets[url] ? 200 : 404 }),
    wait: () => Promise.reject(new Error("nothing to wait for")),
  });
  const live: NonNullable<EdgeDeps["live"]> = (publicKey) => ({
    fetch: async ({ headers }) => {
      asked.push(`live ${publicKey}`);
      // A socket's answer is the platform's own; this one only says that it got there.
      return new Response(null, {
        status: 503,
        headers: { got: headers.get("authorization") ?? "" },
      });
    },
    watched: async () => ({ watchedUntil: 0 }),
    tell: () => Promise.reject(new Error("nobody tells")),
    redeem: async (code) => !used.has(code) && used.add(code) !== undefined,
    forgetSession: async () => {},
  });
  const deps: Partial<EdgeDeps> = {
    ...control,
    live,
    metrics: (publicKey) => ({
      figures: async () => {
        asked.push(`figures ${publicKey}`);
        return emptyAnswer();
      },
      totals: async () => emptyAnswer(),
    }),
    ledger: (publicKey) => ({
      books: async () => {
        asked.push(`books ${publicKey}`);
        return BOOKS;
      },
      deadLetters: async () => ({ letters: [], total: 0, byReason: {} }),
      forgetLetters: async () => {},
    }),
  };
  const { app } = edgeUnderTest({
    env,
    open: false,
    deps,
    ...(health && { health: () => health }),
  });
  const send = async (path: string, init: RequestInit = {}): Promise<ReadAnswer> =>
    readText(
      await app.request(path.startsWith("/") ? OWN + path : `${OWN}/api/langfuse/${path}`, init),
    );
  const post = (path: string, body: object, headers: Record<string, string>) =>
    send(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  return { send, post, asked, deps };
}

/** Metrics are answered as text. */
function readText(response: Response): Promise<ReadAnswer> | ReadAnswer {
  const { status, headers } = response;
  return headers.get("content-type")?.startsWith("text/plain") === true
    ? { status, headers, body: {} }
    : readAnswer(response);
}

type Edge = ReturnType<typeof edge>;

async function readToken({ post }: Edge, project = ONE, body: object = {}): Promise<string> {
  const answer = await post("token", { scope: "read", ...body }, { authorization: basic(project) });
  expect(answer.status).toBe(200);
  return String(answer.body["token"] ?? answer.body["code"]);
}

const outside = (claims: object, keys = provider, kid = "p"): Promise<string> =>
  new SignJWT({
    iss: "https://idp.test",
    aud: "app",
    sub: "ada",
    exp: SECONDS + 600,
    roles: ["langfuse-read"],
    ...claims,
  })
    .setProtectedHeader({ alg: "RS256", kid })
    .sign(keys.privateKey);
const ofAccess = (claims: object = {}, keys = team, kid = "t"): Promise<string> =>
  outside({ iss: "https://acme.cloudflareaccess.com", aud: ["aud-1"], ...claims }, keys, kid);
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const pageToken = (claims: object = {}, secret = TOKEN_SECRET): Promise<string> =>
  new SignJWT({
    aud: "langfuse-edge",
    project: ONE.publicKey,
    sid: "chat",
    iat: SECONDS,
    exp: SECONDS + 60,
    ...claims,
  })
    .setProtectedHeader({ alg: "HS256", kid: ONE.publicKey })
    .sign(new TextEncoder().encode(secret));

const ROUTES = ["outcomes", "metrics", "figures", "dead-letters"];

describe("who may look", () => {
  test.each(ROUTES)("a read token opens %s, of its own project", async (path) => {
    const by = edge();
    for (const project of [ONE, TWO]) {
      const answer = await by.send(path, { headers: bearer(await readToken(by, project)) });
      expect(answer.status).toBe(200);
    }
    const books = by.asked.filter((one) => one.startsWith("books"));
    if (path === "figures") expect(by.asked).toEqual(["figures pk-one", "figures pk-two"]);
    else if (path !== "dead-letters") expect(books).toEqual(["books pk-one", "books pk-two"]);
  });

  test("the token says when it ends, and for whom it is", async () => {
    const by = edge();
    const answer = await by.post(
      "token",
      { scope: "read", ttlSeconds: 90 },
      { authorization: basic(TWO) },
    );
    expect(answer.body).toEqual({
      token: expect.any(String),
      expiresAt: new Date((SECONDS + 90) * 1000).toISOString(),
      publicKey: "pk-two",
      scope: "read",
    });
  });

  test("health tells a reader what it tells a server", async () => {
    const by = edge();
    const { body } = await by.send("trace", { headers: bearer(await readToken(by)) });
    expect(body).toMatchObject({ problems: [], delivery_problems: expect.any(Array) });
  });

  test("Langfuse's words may quote what users said: health tells them to who may see that", async () => {
    const quoted = "Invalid value 'what a user said'";
    const health = {
      pending: 1,
      delivered: 0,
      dead: 1,
      failures: 1,
      lastError: { class: "unknown_answer", since: NOW, last: NOW, message: quoted },
      lastDead: { reason: "refused", message: quoted, at: NOW, id: "object.7" },
    };
    const bare = {
      last_error: { class: "unknown_answer", since: new Date(NOW).toISOString() },
      last_dead: { reason: "refused", at: new Date(NOW).toISOString(), id: "object.7" },
    };
    const whole = { last_error: { message: quoted }, last_dead: { message: quoted } };
    const by = edge(ENV, health);
    const asReader = bearer(await readToken(by));
    const { last_error, last_dead } = (await by.send("trace", { headers: asReader })).body;
    expect({ last_error, last_dead }).toEqual(bare);
    const asServer = { authorization: basic(ONE) };
    expect((await by.send("trace", { headers: asServer })).body).toMatchObject(whole);
    const shown = edge({ ...ENV, DASHBOARD_CONTENT: "true" }, health);
    expect((await shown.send("trace", { headers: asReader })).body).toMatchObject(whole);
  });

  test("the provider's token with the claim, and Cloudflare Access, see the project that is named", async () => {
    const by = edge();
    const claimed = await by.send("outcomes", { headers: bearer(await outside({})) });
    const access = { "cf-access-jwt-assertion": await ofAccess() };
    const accessed = await by.send("outcomes", { headers: access });
    expect([claimed.status, accessed.status]).toEqual([200, 200]);
    expect(by.asked).toEqual(["books pk-two", "books pk-two"]);
    const health = await by.send("trace", { headers: access });
    expect(health.body).toHaveProperty("problems");
  });

  test.each([
    [{ roles: "langfuse-read" }, 200],
    [{ roles: ["other", "langfuse-read"] }, 200],
    [{ roles: "other langfuse-read" }, 401],
    [{ roles: ["langfuse-reader"] }, 401],
    [{ roles: undefined }, 401],
    [{ roles: { "langfuse-read": true } }, 401],
  ])("with the claim %j: %s", async (claims, status) => {
    const answer = await edge().send("outcomes", { headers: bearer(await outside(claims)) });
    expect(answer.status).toBe(status);
  });
});

test("health is everybody's, whatever a proxy in front says of them", async () => {
  for (const headers of [
    {},
    { "cf-access-jwt-assertion": "x" },
    access(await ofAccess({}, provider)),
  ]) {
    const { status, body } = await edge().send("trace", { headers });
    expect(status).toBe(200);
    expect(body).not.toHaveProperty("problems");
  }
});

const access = (token: string) => ({ "cf-access-jwt-assertion": token });

describe("who may not", () => {
  const rows: [string, (by: Edge) => Promise<Record<string, string>>, number][] = [
    ["nobody", async () => ({}), 401],
    ["a public key", async () => bearer(ONE.publicKey), 401],
    ["a page's token", async () => bearer(await pageToken()), 401],
    [
      "a page's token that says read",
      async () => bearer(await pageToken({ aud: "langfuse-edge-read", scope: "read" })),
      401,
    ],
    [
      "one signed by the secret key as it is",
      async () =>
        bearer(await pageToken({ aud: "langfuse-edge-read", scope: "read" }, ONE.secretKey)),
      401,
    ],
    [
      "alg none",
      async () =>
        bearer(
          new UnsecuredJWT({ project: ONE.publicKey, scope: "read" })
            .setAudience("langfuse-edge-read")
            .setIssuedAt(SECONDS)
            .setExpirationTime(SECONDS + 60)
            .encode(),
        ),
      401,
    ],
    ["a code", async (by) => bearer(await readToken(by, ONE, { once: true })), 401],
    [
      "another project's token under this one's name",
      async (by) => {
        const [, claims, signature] = (await readToken(by, TWO)).split(".");
        const header = { alg: "HS256", typ: "JWT", kid: ONE.publicKey };
        const first = Buffer.from(JSON.stringify(header)).toString("base64url");
        return bearer(`${first}.${claims}.${signature}`);
      },
      401,
    ],
    ["the provider's for another app", async () => bearer(await outside({ aud: "other" })), 401],
    [
      "an expired one of the provider",
      async () => bearer(await outside({ exp: SECONDS - 300 })),
      401,
    ],
    ["Access by the provider's key", async () => access(await ofAccess({}, provider, "p")), 401],
    ["Access of another application", async () => access(await ofAccess({ aud: ["aud-2"] })), 401],
    ["Access of another team", async () => access(await ofAccess({ iss: "https://x.test" })), 401],
    ["Access that expired", async () => access(await ofAccess({ exp: SECONDS - 300 })), 401],
    ["Access's token as a bearer's", async () => bearer(await ofAccess()), 401],
    ["a wrong secret key", async () => ({ authorization: basic({ ...ONE, secretKey: "x" }) }), 401],
    ["a secret key in a page", async () => ({ authorization: basic(ONE), origin: OWN }), 403],
    [
      "Access, by a page of another site",
      async () => ({ ...access(await ofAccess()), "sec-fetch-site": "cross-site" }),
      403,
    ],
    [
      "Access, by a page that may write",
      async () => ({ ...access(await ofAccess()), origin: "https://app.test" }),
      403,
    ],
  ];

  test.each(rows)("%s", async (_name, headersOf, status) => {
    const by = edge();
    const headers = await headersOf(by);
    for (const path of ROUTES) {
      const answer = await by.send(path, { headers });
      expect([path, answer.status]).toEqual([path, status]);
      expect(answer.body).toMatchObject({ success: false });
    }
    expect(by.asked).toEqual([]);
  });

  test("a token that has expired says so", async () => {
    const by = edge();
    const token = await readToken(by, ONE, { ttlSeconds: 1 });
    const later = await by.deps.readTokens?.verify(token, ONE.publicKey, NOW + 3_000);
    expect(later).toEqual({ fault: "expired", reason: "expired" });
  });

  test("without a setting, neither claim nor Access opens anything", async () => {
    const { DASHBOARD_CLAIM: _claim, DASHBOARD_ACCESS_TEAM: _team, ...env } = ENV;
    const { DASHBOARD_ACCESS_AUD: _aud, ...rest } = env;
    const by = edge(rest);
    for (const headers of [bearer(await outside({})), access(await ofAccess())]) {
      expect((await by.send("outcomes", { headers })).status).toBe(401);
    }
  });
});

describe("a read token writes nothing", () => {
  const writes: [string, string, object][] = [
    ["POST", "trace", { action: "create_trace", data: { traceId: "t" } }],
    ["POST", "token", { scope: "read" }],
    ["POST", "token", { sessionId: "chat" }],
    ["POST", "dead-letters/replay", { all: true }],
    ["DELETE", "dead-letters?all=true", {}],
    ["DELETE", "session/chat", {}],
    ["POST", "/api/public/otel/v1/traces", { resourceSpans: [] }],
  ];
  test.each(writes)("%s %s", async (method, path, body) => {
    const by = edge();
    for (const token of [await readToken(by), await outside({ aud: "none" })]) {
      const answer = await by.send(path, {
        method,
        headers: { "content-type": "application/json", ...bearer(token) },
        ...(method === "POST" && { body: JSON.stringify(body) }),
      });
      expect(answer.status).toBe(401);
    }
  });
});

describe("the token route", () => {
  const ask = (body: object, project = ONE, env = ENV) =>
    edge(env).post("token", body, { authorization: basic(project) });

  test.each([
    [{ scope: "write" }, "scope"],
    [{ scope: ["read"] }, "scope"],
    [{ scope: "read", ttlSeconds: 0 }, "ttlSeconds"],
    [{ scope: "read", ttlSeconds: 43_201 }, "ttlSeconds"],
    [{ scope: "read", sessionId: "chat" }, ""],
    [{ scope: "read", actions: [] }, ""],
  ])("%j is refused by name", async (body, path) => {
    const { status, body: answer } = await ask(body);
    expect(status).toBe(400);
    expect(answer).toMatchObject({ error: { code: "invalid_request", issues: [{ path }] } });
  });

  test("a key that could be guessed signs none", async () => {
    const short = { publicKey: "pk-short", secretKey: "sk-short" };
    const env = { LANGFUSE_PUBLIC_KEY: "pk-short", LANGFUSE_SECRET_KEY: "sk-short" };
    const { status, body } = await ask({ scope: "read" }, short, env as typeof ENV);
    expect([status, body]).toMatchObject([503, { error: { code: "auth_not_configured" } }]);
  });

  test("a token needs no AUTH: looking has nothing to do with what pages may", async () => {
    const env = { LANGFUSE_PUBLIC_KEY: ONE.publicKey, LANGFUSE_SECRET_KEY: ONE.secretKey };
    expect((await ask({ scope: "read" }, ONE, env as typeof ENV)).status).toBe(200);
  });

  test("a code is good for a token, once", async () => {
    const by = edge();
    const code = await readToken(by, TWO, { once: true, ttlSeconds: 60 });
    const first = await by.post("token", { code }, { origin: OWN });
    expect(first).toMatchObject({ status: 200, body: { publicKey: "pk-two", scope: "read" } });
    const opened = await by.send("outcomes", { headers: bearer(String(first.body["token"])) });
    expect(opened.status).toBe(200);
    const again = await by.post("token", { code }, { origin: OWN });
    expect(again).toMatchObject({ status: 401, body: { error: { code: "token_expired" } } });
  });

  test.each([{}, { code: "" }, { code: 7 }, { code: "a.b.c" }, { code: "x".repeat(9_000) }])(
    "%j is no code",
    async (body) => {
      expect((await edge().post("token", body, {})).status).toBe(401);
    },
  );
  test("nor is a read token one", async () => {
    const by = edge();
    expect((await by.post("token", { code: await readToken(by) }, {})).status).toBe(401);
  });
});

describe("a WebSocket", () => {
  const offer = (token?: string): Record<string, string> => ({
    upgrade: "websocket",
    "sec-websocket-protocol": [LIVE_PROTOCOL, ...(token ? [LIVE_TOKEN_PREFIX + token] : [])].join(
      ", ",
    ),
  });
  const open = async (headersOf: (token: string) => Record<string, string>) => {
    const by = edge();
    const answer = await by.send("live", { headers: headersOf(await readToken(by)) });
    return { ...answer, asked: by.asked };
  };

  test.each([OWN, "https://app.test"])(
    "with a token, of a page of %s, reaches its hub",
    async (origin) => {
      const { asked, headers } = await open((token) => ({ ...offer(token), origin }));
      expect(asked).toEqual(["live pk-one"]);
      expect(headers.get("got")).toBe(null);
    },
  );

  const refused: [string, (token: string) => Record<string, string>, number][] = [
    ["none at all", (token) => ({ ...bearer(token), origin: OWN }), 400],
    ["without an origin", (token) => offer(token), 403],
    ["of another site", (token) => ({ ...offer(token), origin: "https://evil.test" }), 403],
    ["of a null origin", (token) => ({ ...offer(token), origin: "null" }), 403],
    [
      "of the same host without TLS",
      (token) => ({ ...offer(token), origin: "http://edge.test" }),
      403,
    ],
    ["without a token", () => ({ ...offer(), origin: OWN }), 401],
    [
      "without the protocol",
      (token) => ({
        upgrade: "websocket",
        origin: OWN,
        "sec-websocket-protocol": LIVE_TOKEN_PREFIX + token,
      }),
      400,
    ],
    ["with a wrong token", (token) => ({ ...offer(`${token}x`), origin: OWN }), 401],
  ];
  test.each(refused)("%s: no", async (_name, headersOf, status) => {
    const { status: got, asked } = await open(headersOf);
    expect(got).toBe(status);
    expect(asked).toEqual([]);
  });

  test("by Cloudflare Access only of the edge's own pages", async () => {
    const by = edge();
    const headers = { ...offer(), "cf-access-jwt-assertion": await ofAccess() };
    const foreign = await by.send("live", { headers: { ...headers, origin: "https://app.test" } });
    expect([foreign.status, by.asked]).toEqual([403, []]);
    await by.send("live", { headers: { ...headers, origin: OWN } });
    expect(by.asked).toEqual(["live pk-two"]);
  });
});
