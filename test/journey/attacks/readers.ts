// Looking without leave, and writing with the leave to look.
import { KEYS } from "../../support/post.ts";
import { type Attack, JSON_TYPE, SPAN } from "./attack.ts";
import { OTHER_PROJECT, PAGE, unsigned, type World } from "./world.ts";

const SHOWN = [
  "outcomes",
  "metrics",
  "figures",
  "dead-letters",
  `dead-letters/${"ab".repeat(32)}.7`,
] as const;
const seconds = Math.floor(Date.now() / 1000);
const HEADER = { alg: "HS256", kid: KEYS.publicKey };
const claims = (more: object = {}): object => ({
  aud: "langfuse-edge-read",
  project: KEYS.publicKey,
  scope: "read",
  iat: seconds,
  exp: seconds + 600,
  ...more,
});

type Headers = Record<string, string>;
type Make = (world: World) => Promise<Headers> | Headers;
const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

/** Each of what may be shown, asked for by somebody who may not see it. */
const looks = (name: string, make: Make, status: number, code: string, more = {}): Attack[] =>
  SHOWN.map((path) => ({
    name: `GET ${path}, ${name}`,
    request: async (world: World) => ({
      method: "GET",
      path: `/api/langfuse/${path}`,
      headers: await make(world),
    }),
    status,
    code,
    ...more,
  }));

const socket: Headers = {
  "sec-websocket-protocol": "langfuse-edge.live.v1, langfuse-edge.token.x",
};

export const readers: Attack[] = [
  ...looks("by nobody", () => ({}), 401, "unauthorized"),
  ...looks("by a page of an allowed origin", () => ({ origin: PAGE }), 401, "unauthorized"),
  ...looks("by the public key", () => bearer(KEYS.publicKey), 401, "token_invalid"),
  ...looks("by the secret key as a token", () => bearer(KEYS.secretKey), 401, "token_invalid"),
  ...looks("by a page's token", async ({ token }) => bearer(await token()), 401, "token_invalid"),
  ...looks(
    "by a page's token that says read",
    async ({ token }) => bearer(await token({ aud: "langfuse-edge-read", scope: "read" })),
    401,
    "token_invalid",
  ),
  ...looks(
    "by a user's token without the claim",
    async ({ jwt }) => bearer(await jwt({ roles: ["writer"] })),
    401,
    "token_invalid",
  ),
  ...looks(
    "by the claim, signed by somebody else",
    async ({ jwt }) => bearer(await jwt({ roles: ["langfuse-read"] }, { foreign: true })),
    401,
    "token_invalid",
  ),
  ...looks(
    "by alg none",
    () => bearer(unsigned({ ...HEADER, alg: "none" }, claims())),
    401,
    "token_invalid",
  ),
  ...looks(
    "by the secret that pages' tokens are signed with",
    ({ hmac, secrets }) => bearer(hmac(HEADER, claims(), secrets[0] ?? "")),
    401,
    "token_invalid",
  ),
  ...looks(
    "by another project's secret",
    ({ hmac, secrets }) =>
      bearer(hmac({ ...HEADER, kid: OTHER_PROJECT }, claims(), secrets[2] ?? "")),
    401,
    "token_invalid",
  ),
  ...looks(
    "by what looks like Cloudflare Access",
    async ({ jwt }) => ({ "cf-access-jwt-assertion": await jwt({ roles: ["langfuse-read"] }) }),
    401,
    "unauthorized",
  ),
  {
    name: "a code that is none, for a token",
    request: { path: "/api/langfuse/token", headers: JSON_TYPE, body: '{"code":"a.b.c"}' },
    status: 401,
    code: "token_invalid",
  },
  {
    name: "a read token, by a page's token",
    request: async ({ token }) => ({
      path: "/api/langfuse/token",
      headers: { ...JSON_TYPE, ...bearer(await token()) },
      body: '{"scope":"read"}',
    }),
    status: 403,
    code: "forbidden",
  },
  {
    name: "the live view, without a WebSocket",
    request: { method: "GET", path: "/api/langfuse/live", headers: { ...socket, origin: PAGE } },
    status: 400,
    code: "invalid_request",
  },
  {
    name: "an action, by a token in the WebSocket's header",
    request: { headers: { ...JSON_TYPE, ...socket, origin: PAGE }, body: SPAN },
    status: 401,
    code: "unauthorized",
  },
];
