// The scene of the attacks: the built production Worker with everything that lets somebody in, two
// projects, an identity provider on loopback, and what must never come out.
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { exportJWK, exportPKCS8, generateKeyPair, SignJWT } from "jose";
import { type RunningEdge, startEdge } from "../../support/edge-process.ts";
import { onLoopback } from "../../support/loopback.ts";
import { KEYS, keyVars } from "../../support/post.ts";
import { type RecordingLangfuse, recordingLangfuse } from "../../support/recording-langfuse.ts";

export const PAGE = "https://app.example.com";
export const ISSUER = "https://idp.example.com/";
const SECRETS = {
  token: "attack-token-secret-0123456789-current",
  previous: "attack-token-secret-0123456789-previous",
  other: "attack-token-secret-0123456789-other-b",
  otherKey: "sk-lf-other-b",
};
export const OTHER_PROJECT = "pk-lf-other-b";

export interface World {
  edge: RunningEdge;
  langfuse: RecordingLangfuse;
  /** A session token; `undefined` takes a claim out. */
  token: (claims?: Claims, how?: Signing) => Promise<string>;
  /** The identity provider's token. */
  jwt: (claims?: Claims, how?: { kid?: string; foreign?: boolean }) => Promise<string>;
  /** Any header and claims, signed with HS256 by any text. */
  hmac: (header: object, claims: object, key: string) => string;
  /** The provider's public key, as an attacker has it. */
  publicKeys: string[];
  /** Texts that are in no answer and no log. */
  secrets: string[];
  stop: () => Promise<void>;
}
export type Claims = Record<string, unknown>;
export interface Signing {
  secret?: keyof typeof SECRETS;
  header?: Claims;
}

const now = (): number => Math.floor(Date.now() / 1000);
export const sessionClaims = (more: Claims = {}): Claims => ({
  aud: "langfuse-edge",
  project: KEYS.publicKey,
  sub: "ada",
  sid: "chat-7",
  iat: now(),
  exp: now() + 600,
  ...more,
});
export const userClaims = (more: Claims = {}): Claims => ({
  iss: ISSUER,
  aud: "my-app",
  sub: "user-1",
  iat: now(),
  exp: now() + 600,
  ...more,
});

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
export const unsigned = (header: object, claims: object, signature = ""): string =>
  `${part(header)}.${part(claims)}.${signature}`;

export async function buildWorld(
  vars: Record<string, string> = {},
  { inspected = false } = {},
): Promise<World> {
  const langfuse = await recordingLangfuse();
  const provider = await identityProvider();
  const many = { requests: 1_000_000, seconds: 10 };
  const edge = await startEdge({
    vars: {
      ...keyVars(langfuse.url),
      LANGFUSE_PROJECTS: JSON.stringify({
        [OTHER_PROJECT]: { secretKey: SECRETS.otherKey, tokenSecret: SECRETS.other },
      }),
      AUTH: "token,jwt,key",
      AUTH_TOKEN_SECRET: SECRETS.token,
      AUTH_TOKEN_SECRET_PREVIOUS: SECRETS.previous,
      AUTH_JWKS_URL: provider.url,
      AUTH_ISSUER: ISSUER,
      AUTH_AUDIENCE: "my-app",
      ALLOWED_ORIGINS: `${PAGE}, https://*.example.org`,
      DASHBOARD_CLAIM: "roles=langfuse-read",
      DASHBOARD_PROJECT: KEYS.publicKey,
      ...vars,
    },
    rateLimits: { owner: many, address: many, new: many },
    inspected,
  });
  return {
    edge,
    langfuse,
    token: (claims, { secret = "token", header = {} } = {}) =>
      new SignJWT(sessionClaims(claims))
        .setProtectedHeader({ alg: "HS256", kid: KEYS.publicKey, ...header })
        .sign(new TextEncoder().encode(SECRETS[secret])),
    jwt: (claims, { kid = "rsa", foreign = false } = {}) =>
      new SignJWT(userClaims(claims))
        .setProtectedHeader({ alg: "RS256", kid })
        .sign(foreign ? provider.foreignKey : provider.privateKey),
    hmac: (header, claims, key) => {
      const input = unsigned(header, claims).slice(0, -1);
      return `${input}.${createHmac("sha256", key).update(input).digest("base64url")}`;
    },
    publicKeys: provider.publicKeys,
    secrets: [...Object.values(SECRETS), KEYS.secretKey, ...provider.secrets],
    stop: async () => {
      await edge.stop();
      await langfuse.close();
      await provider.close();
    },
  };
}

async function identityProvider() {
  const pair = await generateKeyPair("RS256", { extractable: true });
  const foreign = await generateKeyPair("RS256", { extractable: true });
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: "rsa", alg: "RS256", use: "sig" };
  const secret = await exportJWK(pair.privateKey);
  const server = createServer((_, answer) => {
    answer.writeHead(200, { "content-type": "application/json" });
    answer.end(JSON.stringify({ keys: [jwk] }));
  });
  const { url, close } = await onLoopback(server);
  return {
    url: `${url}/keys`,
    privateKey: pair.privateKey,
    foreignKey: foreign.privateKey,
    publicKeys: [JSON.stringify(jwk), jwk.n ?? ""],
    secrets: [secret.d ?? "", (await exportPKCS8(pair.privateKey)).split("\n")[3] ?? ""],
    close,
  };
}
