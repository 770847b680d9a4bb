// Tokens that are none, another's, or not for this.
import { basic, KEYS } from "../../support/post.ts";
import { type Attack, JSON_TYPE, SPAN, withToken } from "./attack.ts";
import {
  type Claims,
  OTHER_PROJECT,
  PAGE,
  sessionClaims,
  type Signing,
  unsigned,
  userClaims,
  type World,
} from "./world.ts";

const now = Math.floor(Date.now() / 1000);
const HEADER = { alg: "HS256", kid: KEYS.publicKey };

const invalid = (name: string, make: (world: World) => string | Promise<string>): Attack => ({
  name,
  request: async (world) => withToken(await make(world)),
  status: 401,
  code: "token_invalid",
});
const session = (name: string, claims: Claims, how: Signing = {}): Attack =>
  invalid(name, ({ token }) => token(claims, how));
const provider = (name: string, claims: Claims, how = {}): Attack =>
  invalid(name, ({ jwt }) => jwt(claims, how));
const expired = (attack: Attack): Attack => ({ ...attack, code: "token_expired" });

export const tokens: Attack[] = [
  invalid("alg none", () => unsigned({ ...HEADER, alg: "none" }, sessionClaims())),
  invalid("alg None, with a signature", () =>
    unsigned({ ...HEADER, alg: "None" }, sessionClaims(), "AAAA"),
  ),
  invalid("no alg", () => unsigned({ kid: KEYS.publicKey }, sessionClaims())),
  invalid("no signature", () => unsigned(HEADER, sessionClaims())),
  invalid("an empty secret", ({ hmac }) => hmac(HEADER, sessionClaims(), "")),
  invalid("the public key as secret", ({ hmac }) => hmac(HEADER, sessionClaims(), KEYS.publicKey)),
  ...[0, 1].flatMap((which) => [
    invalid(`HS256 by the provider's public key, as a session token (${which})`, (world) =>
      world.hmac(HEADER, sessionClaims(), world.publicKeys[which] ?? ""),
    ),
    invalid(`HS256 by the provider's public key, as its token (${which})`, (world) =>
      world.hmac({ alg: "HS256", kid: "rsa" }, userClaims(), world.publicKeys[which] ?? ""),
    ),
  ]),
  invalid("a session token that says RS256", async ({ token }) => {
    const [, claims, signature] = (await token()).split(".");
    const header = Buffer.from('{"alg":"RS256","kid":"rsa"}').toString("base64url");
    return `${header}.${claims}.${signature}`;
  }),
  invalid("a key that the token brings along", ({ hmac }) => {
    const jwk = { kty: "oct", k: Buffer.from("mine").toString("base64url") };
    return hmac({ ...HEADER, jwk, jku: "https://evil.test/keys" }, sessionClaims(), "mine");
  }),
  invalid("a kid that is a path", ({ token }) =>
    token({}, { header: { kid: "../../../dev/null" } }),
  ),
  invalid("a kid that is a property of every object", ({ token }) =>
    token({}, { header: { kid: "constructor" } }),
  ),
  session("another project's secret", {}, { secret: "other" }),
  session("another project's kid", {}, { header: { kid: OTHER_PROJECT } }),
  session("another project's claim", { project: OTHER_PROJECT }),
  session(
    "another project's token, relabelled",
    {
      project: OTHER_PROJECT,
    },
    { secret: "other" },
  ),
  session(
    "another project's secret and kid for this project",
    {},
    {
      secret: "other",
      header: { kid: OTHER_PROJECT },
    },
  ),
  session("another audience", { aud: "langfuse" }),
  session("no audience", { aud: undefined }),
  session("no end", { exp: undefined }),
  session("an end as text", { exp: "9999999999" }),
  invalid("an end that is null", async ({ hmac, secrets }) =>
    hmac(HEADER, sessionClaims({ exp: null }), secrets[0] ?? ""),
  ),
  session("a life of more than a day", { exp: now + 86_400 * 30 }),
  session("not yet valid", { nbf: now + 3600 }),
  session("issued in the future", { iat: now + 3600, exp: now + 7200 }),
  expired(session("expired", { iat: now - 900, exp: now - 300 })),
  expired(session("issued long ago", { iat: now - 86_400 * 2, exp: now + 60 })),
  session("nobody's", { sub: undefined, sid: undefined }),
  session("a user that is an object", { sub: { $ne: null } }),
  session("a user with a line break", { sub: "ada\nserver" }),
  session("a session that is endless", { sid: "x".repeat(5000) }),
  session("actions that are no list", { actions: "*" }),
  provider("another issuer", { iss: "https://idp.example.com.evil.io/" }),
  provider("an issuer without its slash", { iss: "https://idp.example.com" }),
  provider("another app's audience", { aud: "their-app" }),
  provider("no audience", { aud: undefined }),
  provider("no end", { exp: undefined }),
  provider("not yet valid", { nbf: now + 3600 }),
  expired(provider("expired", { exp: now - 300 })),
  provider("nobody", { sub: undefined }),
  provider("an empty user", { sub: "" }),
  provider("another provider's key under this one's name", {}, { foreign: true }),
  provider("an unknown key", {}, { kid: "unknown", foreign: true }),
  provider("a session token's claims", sessionClaims()),
  invalid("three dots", () => ".."),
  invalid("no base64", () => "%%%.%%%.%%%"),
  invalid("a header that is no JSON", () => `${Buffer.from("{").toString("base64url")}.e30.AAAA`),
  invalid("five parts", () => "a.b.c.d.e"),
  invalid("a secret key", () => KEYS.secretKey),
  invalid("too long a one", () => "x".repeat(9000)),
  {
    name: "two at once",
    request: async ({ token }) =>
      withToken("", SPAN, { headers: { authorization: [`Bearer x`, `Bearer ${await token()}`] } }),
    status: 401,
    code: "token_invalid",
  },
  {
    name: "in the address",
    request: async ({ token }) => ({
      path: `/api/langfuse/trace?token=${await token()}&access_token=${await token()}`,
      headers: { ...JSON_TYPE, origin: PAGE },
      body: SPAN,
    }),
    status: 401,
    code: "unauthorized",
  },
  {
    name: "in a cookie",
    request: async ({ token }) => ({
      headers: { ...JSON_TYPE, origin: PAGE, cookie: `token=${await token()}` },
      body: SPAN,
    }),
    status: 401,
    code: "unauthorized",
  },
  {
    name: "in the body of what can set headers",
    request: async ({ token }) => ({
      headers: { ...JSON_TYPE, origin: PAGE },
      body: `Bearer ${await token()}\n${SPAN}`,
    }),
    status: 401,
    code: "unauthorized",
  },
  {
    name: "where an access proxy would put it, but none is configured",
    request: async ({ jwt }) => ({
      headers: { ...JSON_TYPE, origin: PAGE, "cf-access-jwt-assertion": await jwt() },
      body: SPAN,
    }),
    status: 401,
    code: "unauthorized",
  },
  {
    name: "a beacon's line without end",
    request: {
      headers: { "content-type": "text/plain", origin: PAGE },
      body: `Bearer ${"x".repeat(200_000)}`,
    },
    status: 401,
    code: "token_invalid",
  },
  {
    name: "a beacon's second line",
    request: async ({ token }) => ({
      headers: { "content-type": "text/plain", origin: PAGE },
      body: `\nBearer ${await token()}\n${SPAN}`,
    }),
    status: 401,
    code: "unauthorized",
  },
  {
    name: "a beacon's line in gzip",
    request: {
      headers: { "content-type": "text/plain", "content-encoding": "gzip", origin: PAGE },
      body: SPAN,
    },
    status: 401,
    code: "unauthorized",
  },
  {
    name: "a secret key in a page",
    request: { headers: { ...JSON_TYPE, origin: PAGE, authorization: basic() }, body: SPAN },
    status: 403,
    code: "forbidden",
  },
  {
    name: "a wrong secret key",
    request: {
      headers: { ...JSON_TYPE, authorization: basic(KEYS.publicKey, `${KEYS.secretKey}x`) },
      body: SPAN,
    },
    status: 401,
    code: "unauthorized",
  },
  {
    name: "another project's secret key",
    request: {
      headers: { ...JSON_TYPE, authorization: basic(OTHER_PROJECT, KEYS.secretKey) },
      body: SPAN,
    },
    status: 401,
    code: "unauthorized",
  },
  {
    name: "the public key without an origin",
    request: { headers: { ...JSON_TYPE, authorization: `Bearer ${KEYS.publicKey}` }, body: SPAN },
    status: 403,
    code: "forbidden",
  },
  {
    name: "a token that asks for a token",
    request: async ({ token }) =>
      withToken(await token(), '{"sessionId":"chat-8","userId":"eve"}', {
        path: "/api/langfuse/token",
      }),
    status: 403,
    code: "forbidden",
  },
  {
    name: "a page that asks for a token with the secret key",
    request: {
      path: "/api/langfuse/token",
      headers: { ...JSON_TYPE, origin: PAGE, authorization: basic() },
      body: '{"sessionId":"chat-7"}',
    },
    status: 403,
    code: "forbidden",
  },
];
