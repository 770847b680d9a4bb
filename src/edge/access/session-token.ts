// Session tokens: JWTs that a project's own servers sign, or have signed here, with a secret that
// only they and the edge know. The header's `kid` says which project's secret; the signed claim
// `project` has to say the same. Nothing but HS256 is ever verified with a secret.
import { type JWTPayload, jwtVerify, SignJWT } from "jose";
import { MAX_TOKEN_SECONDS, TOKEN_CLOCK_TOLERANCE_SECONDS } from "../../protocol/limits.ts";
import type { Project } from "../../settings/index.ts";
import { boundCaller } from "./bound-caller.ts";
import { type SigningKeys, signingKeys } from "./signing-keys.ts";
import { failureOf, type TokenFailure, type VerifiedToken } from "./verified-token.ts";

export const TOKEN_AUDIENCE = "langfuse-edge";
export const SESSION_TOKEN_ALGORITHM = "HS256";

export interface TokenRequest {
  sessionId: string;
  userId?: string;
  ttlSeconds: number;
  actions?: readonly string[];
}

export interface SessionTokens {
  /** Undefined for a project without a secret. */
  sign: (project: Project, request: TokenRequest, now: number) => Promise<string | undefined>;
  verify: (token: string, kid: unknown, now: number) => Promise<VerifiedToken | TokenFailure>;
}

export function sessionTokens(projects: ReadonlyMap<string, Project>): SessionTokens {
  const keys = signingKeys();
  return {
    sign: (project, request, now) => sign(project, request, now, keys),
    verify: async (token, kid, now) => {
      const project = projectOf(kid, projects);
      const secrets = project === undefined ? [] : await keys(project);
      let failure: TokenFailure = { fault: "invalid", reason: "kid" };
      for (const key of secrets) {
        const outcome = await verifyWith(key, token, now);
        if ("payload" in outcome) return acceptClaims(outcome.payload, project);
        failure = outcome;
        if (failure.reason !== "signature") break;
      }
      return failure;
    },
  };
}

async function sign(
  project: Project,
  { sessionId, userId, ttlSeconds, actions }: TokenRequest,
  now: number,
  keys: SigningKeys,
): Promise<string | undefined> {
  const [key] = await keys(project);
  if (key === undefined) return undefined;
  const iat = Math.floor(now / 1000);
  const claims: JWTPayload = {
    aud: TOKEN_AUDIENCE,
    project: project.publicKey,
    ...(userId !== undefined && { sub: userId }),
    sid: sessionId,
    ...(actions !== undefined && { actions }),
    iat,
    exp: iat + ttlSeconds,
  };
  const header = { alg: SESSION_TOKEN_ALGORITHM, typ: "JWT", kid: project.publicKey };
  return new SignJWT(claims).setProtectedHeader(header).sign(key);
}

/** `{public key}`, or `{public key}:{label}` where who signs wants to tell its secrets apart. */
function projectOf(kid: unknown, projects: ReadonlyMap<string, Project>): Project | undefined {
  return typeof kid === "string" ? projects.get(kid.split(":")[0] ?? "") : undefined;
}

async function verifyWith(
  key: CryptoKey,
  token: string,
  now: number,
): Promise<{ payload: JWTPayload } | TokenFailure> {
  try {
    return await jwtVerify(token, key, {
      algorithms: [SESSION_TOKEN_ALGORITHM],
      audience: TOKEN_AUDIENCE,
      requiredClaims: ["exp", "iat", "project"],
      maxTokenAge: MAX_TOKEN_SECONDS,
      clockTolerance: TOKEN_CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(now),
    });
  } catch (error) {
    return failureOf(error);
  }
}

function acceptClaims(
  payload: JWTPayload,
  project: Project | undefined,
): VerifiedToken | TokenFailure {
  const { exp = 0, iat = 0, sub, sid, actions } = payload;
  if (project === undefined || payload["project"] !== project.publicKey) {
    return { fault: "invalid", reason: "project" };
  }
  if (exp - iat > MAX_TOKEN_SECONDS) return { fault: "invalid", reason: "life" };
  const caller = boundCaller(project, { user: sub, session: sid, actions });
  if ("wrong" in caller) return { fault: "invalid", reason: caller.wrong };
  return { caller, until: exp * 1000 };
}
