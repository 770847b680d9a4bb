// Read tokens: JWTs that the edge signs for whoever has a project's keys, and codes that are good for one of them,
// once. Their key is made of the project's secret key, under a name of its own: neither does a page's token open what
// they open, nor can a server that signs pages' tokens make one; and a new secret key ends all of them.
import { createHmac } from "node:crypto";
import { type JWTPayload, jwtVerify, SignJWT } from "jose";
import { CODE_SECONDS, MAX_READ_TOKEN_SECONDS } from "../../protocol/live/read-access.ts";
import type { Project } from "../../settings/index.ts";
import { failureOf, type TokenFailure } from "../access/verified-token.ts";
import type { Reader } from "./reader.ts";

const TOKEN_AUDIENCE = "langfuse-edge-read";
const CODE_AUDIENCE = "langfuse-edge-read-code";
const ALGORITHM = "HS256";
/** A token reveals whether a guess of its key is right: what could be guessed signs none. */
const MIN_SECRET_LENGTH = 32;

export interface ReadCode {
  project: Project;
  /** By which it is known that it was used. */
  id: string;
  /** Epoch ms. */
  until: number;
  /** Of the token that it is good for. */
  ttlSeconds: number;
}

export interface ReadTokens {
  /** Undefined where neither the secret key nor a token secret is long enough. */
  sign: (project: Project, ttlSeconds: number, now: number) => Promise<string | undefined>;
  verify: (token: string, kid: unknown, now: number) => Promise<Reader | TokenFailure>;
  /** @param id unguessable, and its own */
  signCode: (
    project: Project,
    id: string,
    ttlSeconds: number,
    now: number,
  ) => Promise<string | undefined>;
  verifyCode: (code: string, kid: unknown, now: number) => Promise<ReadCode | TokenFailure>;
}

/** @param minLength of the secret that is signed with, in UTF-16 units */
export function readTokens(
  projects: ReadonlyMap<string, Project>,
  minLength = MIN_SECRET_LENGTH,
): ReadTokens {
  const sign = async (
    project: Project,
    audience: string,
    claims: JWTPayload,
    seconds: number,
    now: number,
  ): Promise<string | undefined> => {
    const key = keyOf(project, minLength);
    if (key === undefined) return undefined;
    const iat = Math.floor(now / 1000);
    const payload = {
      ...claims,
      aud: audience,
      project: project.publicKey,
      iat,
      exp: iat + seconds,
    };
    const header = { alg: ALGORITHM, typ: "JWT", kid: project.publicKey };
    return new SignJWT(payload).setProtectedHeader(header).sign(key);
  };
  const verify = async (
    token: string,
    kid: unknown,
    audience: string,
    maxSeconds: number,
    now: number,
  ): Promise<{ project: Project; payload: JWTPayload } | TokenFailure> => {
    const project = typeof kid === "string" ? projects.get(kid) : undefined;
    const key = project && keyOf(project, minLength);
    if (project === undefined || key === undefined) return { fault: "invalid", reason: "kid" };
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: [ALGORITHM],
        audience,
        requiredClaims: ["exp", "iat", "project"],
        maxTokenAge: maxSeconds,
        currentDate: new Date(now),
      });
      return payload["project"] === project.publicKey
        ? { project, payload }
        : { fault: "invalid", reason: "project" };
    } catch (error) {
      return failureOf(error);
    }
  };
  return {
    sign: (project, ttlSeconds, now) =>
      sign(project, TOKEN_AUDIENCE, { scope: "read" }, ttlSeconds, now),
    verify: async (token, kid, now) => {
      const verified = await verify(token, kid, TOKEN_AUDIENCE, MAX_READ_TOKEN_SECONDS, now);
      if ("fault" in verified) return verified;
      const { project, payload } = verified;
      if (payload["scope"] !== "read") return { fault: "invalid", reason: "scope" };
      return { project, by: "token", until: (payload.exp ?? 0) * 1000 };
    },
    signCode: (project, id, ttlSeconds, now) =>
      sign(project, CODE_AUDIENCE, { jti: id, ttl: ttlSeconds }, CODE_SECONDS, now),
    verifyCode: async (code, kid, now) => {
      const verified = await verify(code, kid, CODE_AUDIENCE, CODE_SECONDS, now);
      if ("fault" in verified) return verified;
      const { project, payload } = verified;
      const { jti, exp = 0, ttl } = payload;
      if (typeof jti !== "string" || typeof ttl !== "number") {
        return { fault: "invalid", reason: "jti" };
      }
      return { project, id: jti, until: exp * 1000, ttlSeconds: ttl };
    },
  };
}

function keyOf({ secretKey, tokenSecrets }: Project, minLength: number): Uint8Array | undefined {
  const secret = [secretKey, ...(tokenSecrets ?? [])].find(({ length }) => length >= minLength);
  if (secret === undefined) return undefined;
  return new Uint8Array(createHmac("sha256", secret).update("langfuse-edge read token 1").digest());
}
