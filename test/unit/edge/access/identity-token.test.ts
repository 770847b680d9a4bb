import { createHmac } from "node:crypto";
import {
  type CryptoKey,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWK,
  type JWTPayload,
  SignJWT,
} from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import type { AccessRefusal } from "../../../../src/edge/access/access-refusal.ts";
import { type AccessControl, accessControl } from "../../../../src/edge/access/policy.ts";
import type { Caller } from "../../../../src/edge/caller.ts";
import { readSettings } from "../../../../src/settings/index.ts";
import { NOW } from "../interpret/interpreting.ts";
import { ENV as TOKEN_ENV, forged, PUBLIC_KEY, SECONDS, signed as sessionToken } from "./tokens.ts";

const ISSUER = "https://securetoken.google.com/my-app";
const ENV = {
  ...TOKEN_ENV,
  AUTH: "jwt",
  AUTH_JWKS_URL: "https://idp.test/keys",
  AUTH_ISSUER: ISSUER,
  AUTH_AUDIENCE: "my-app, my-other-app",
};

const pairs: Record<string, { privateKey: CryptoKey; publicKey: CryptoKey }> = {};
const jwks: JWK[] = [];
beforeAll(async () => {
  for (const [kid, alg] of [
    ["rsa", "RS256"],
    ["ec", "ES256"],
    ["ed", "EdDSA"],
    ["foreign", "RS256"],
  ] as const) {
    const pair = await generateKeyPair(alg, { extractable: true });
    pairs[kid] = pair;
    if (kid !== "foreign") jwks.push({ ...(await exportJWK(pair.publicKey)), kid, alg });
  }
  jwks.push({ kid: "broken", kty: "RSA", alg: "RS256", n: "AQAB", e: "AQAB" });
});

function door(env: Record<string, unknown> = {}, now = NOW, reachable = true): AccessControl {
  return accessControl(readSettings({ ...ENV, ...env }), {
    now: () => now,
    send: async () =>
      reachable ? Response.json({ keys: jwks }) : new Response("", { status: 500 }),
    wait: async () => {},
  });
}
const CLAIMS: JWTPayload = {
  iss: ISSUER,
  aud: "my-app",
  sub: "user-1",
  iat: SECONDS - 10,
  exp: SECONDS + 3600,
};
const signed = (
  more: Record<string, unknown> = {},
  kid = "rsa",
  alg = "RS256",
  by = kid,
): Promise<string> =>
  new SignJWT({ ...CLAIMS, ...more })
    .setProtectedHeader({ alg, kid })
    .sign(pairs[by]?.privateKey as CryptoKey);

async function show(
  token: Promise<string> | string,
  { access }: AccessControl = door(),
  header = "authorization",
): Promise<Caller | AccessRefusal> {
  const value = header === "authorization" ? `Bearer ${await token}` : await token;
  return access(new Request("https://edge.test/", { headers: { [header]: value } }));
}

describe("a provider's token", () => {
  test("lets its user into the default project", async () => {
    expect(await show(signed())).toMatchObject({
      project: { publicKey: PUBLIC_KEY },
      writer: "browser",
      owner: "user:user-1",
      userId: "user-1",
    });
    expect(await show(signed())).not.toHaveProperty("sessionId");
  });

  test("may name its user and session otherwise", async () => {
    const by = door({ AUTH_USER_CLAIM: "email", AUTH_SESSION_CLAIM: "https://app.test/chat" });
    const token = signed({ email: "ada@example.com", "https://app.test/chat": "chat-7" });
    expect(await show(token, by)).toMatchObject({
      owner: "user:ada@example.com",
      sessionId: "chat-7",
    });
    expect(await show(signed(), by)).toMatchObject({ reason: "email" });
  });

  test("has one of the audiences", async () => {
    expect(await show(signed({ aud: ["x", "my-other-app"] }))).toHaveProperty("owner");
  });

  test.each([
    ["ec", "ES256", undefined],
    ["ed", "EdDSA", "RS256, EdDSA"],
  ])("may be signed by %s with %s", async (kid, alg, AUTH_ALGORITHMS) => {
    expect(await show(signed({}, kid, alg), door({ AUTH_ALGORITHMS }))).toHaveProperty("owner");
  });

  test("may come where an access proxy puts it", async () => {
    const by = door({ AUTH_JWT_HEADER: "Cf-Access-Jwt-Assertion" });
    expect(await show(signed(), by, "cf-access-jwt-assertion")).toHaveProperty("owner");
    expect(await show("x", by, "cf-access-jwt-assertion")).toMatchObject({ reason: "malformed" });
    expect(await show(signed(), door(), "cf-access-jwt-assertion")).toMatchObject({
      refusal: { code: "unauthorized" },
    });
  });

  test.each<[string, () => Promise<string> | string, string]>([
    ["another issuer", () => signed({ iss: `${ISSUER}2` }), "iss"],
    ["no issuer", () => signed({ iss: undefined }), "iss"],
    ["another audience", () => signed({ aud: "their-app" }), "aud"],
    ["no audience", () => signed({ aud: undefined }), "aud"],
    ["no exp", () => signed({ exp: undefined }), "exp"],
    ["not yet valid", () => signed({ nbf: SECONDS + 31 }), "nbf"],
    ["nobody", () => signed({ sub: undefined }), "sub"],
    ["an empty user", () => signed({ sub: "" }), "user"],
    ["another's key", () => signed({}, "rsa", "RS256", "foreign"), "signature"],
    ["an unknown key", () => signed({}, "foreign"), "kid"],
    ["an algorithm outside the list", () => signed({}, "ed", "EdDSA"), "alg"],
    [
      "a key for another algorithm",
      () => signed({}, "rsa", "RS256", "rsa").then(relabelled),
      "kid",
    ],
    ["a key that is none", () => forged({ alg: "RS256", kid: "broken" }, CLAIMS, "AAAA"), "key"],
    ["alg none", () => forged({ alg: "none", kid: "rsa" }, CLAIMS), "alg"],
    ["nothing", () => "", "malformed"],
  ])("with %s is refused", async (_, token, reason) => {
    expect(await show(token())).toMatchObject({ refusal: { code: "token_invalid" }, reason });
  });

  test("that has expired says so", async () => {
    const token = signed({ exp: SECONDS - 30 });
    expect(await show(token)).toMatchObject({ refusal: { code: "token_expired" } });
    expect(await show(token, door({ AUTH_CLOCK_TOLERANCE: "60" }))).toHaveProperty("owner");
  });

  test("that can't be verified just now may come again", async () => {
    expect(await show(signed(), door({}, NOW, false))).toMatchObject({
      refusal: { code: "auth_unavailable", headers: { "retry-after": "10" } },
      reason: "jwks",
    });
  });
});

/** The same signature under another algorithm's name. */
const relabelled = (token: string): string => {
  const [, payload, signature] = token.split(".");
  const header = Buffer.from(JSON.stringify({ alg: "ES256", kid: "rsa" })).toString("base64url");
  return `${header}.${payload}.${signature}`;
};

describe("confusion of the two kinds", () => {
  test("a public key is never a secret", async () => {
    const publicKey = pairs["rsa"]?.publicKey as CryptoKey;
    for (const key of [await exportSPKI(publicKey), JSON.stringify(jwks[0]), jwks[0]?.n ?? ""]) {
      for (const kid of ["rsa", PUBLIC_KEY]) {
        const unsigned = forged(
          { alg: "HS256", kid },
          { ...CLAIMS, project: PUBLIC_KEY, sid: "s" },
        );
        const signature = createHmac("sha256", key).update(unsigned.slice(0, -1));
        const token = unsigned + signature.digest("base64url");
        for (const AUTH of ["jwt", "token,jwt"]) {
          expect(await show(token, door({ AUTH }))).toMatchObject({
            refusal: { code: "token_invalid" },
          });
        }
      }
    }
  });

  test("each kind counts only where AUTH names it", async () => {
    const kinds = { token: await sessionToken(), jwt: await signed() };
    for (const AUTH of ["token", "jwt", "token,jwt"]) {
      for (const [kind, token] of Object.entries(kinds)) {
        const answer = await show(token, door({ AUTH }));
        if (AUTH.includes(kind)) expect(answer).toHaveProperty("owner");
        else expect(answer).toMatchObject({ refusal: { code: "token_invalid" }, reason: "alg" });
      }
    }
  });

  test("a session token's claims signed by the provider are the provider's", async () => {
    const claims = { aud: "langfuse-edge", project: PUBLIC_KEY, sid: "chat-7" };
    expect(await show(signed(claims), door({ AUTH: "token,jwt" }))).toMatchObject({
      refusal: { code: "token_invalid" },
      reason: "aud",
    });
    const both = door({ AUTH: "token,jwt", AUTH_AUDIENCE: "langfuse-edge" });
    expect(await show(signed(claims), both)).toMatchObject({ owner: "user:user-1" });
    expect(await show(signed(claims), both)).not.toHaveProperty("sessionId");
  });
});
