// The identity provider whose tokens are believed, for AUTH=jwt. Pure. Issuer and audience have to be
// set: a token of the same provider for somebody else's app must not let anybody in here.
import { listOf, numberOf, type RawEnv, textOf } from "./read.ts";

export interface IdentityProvider {
  jwksUrl: string;
  issuer: string;
  /** One of these has to be among the token's audiences. */
  audience: string[];
  /** Of public keys only: a verifier that holds a shared secret could sign with it. */
  algorithms: string[];
  clockToleranceSeconds: number;
  userClaim: string;
  sessionClaim?: string;
  /** The header in which an access proxy in front of the edge puts the token. */
  header?: string;
}

const ALGORITHMS: readonly string[] =
  "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519".split(" ");
const DEFAULT_ALGORITHMS = ["RS256", "ES256"];
const HEADER_NAME = /^[a-z0-9-]+$/;

export function readIdentityProvider(
  env: RawEnv,
  problems: string[],
): IdentityProvider | undefined {
  const jwksUrl = textOf(env, "AUTH_JWKS_URL");
  const issuer = textOf(env, "AUTH_ISSUER");
  const audience = listOf(env, "AUTH_AUDIENCE");
  if (jwksUrl === undefined || issuer === undefined || audience.length === 0) {
    problems.push("AUTH: jwt needs AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE");
    return undefined;
  }
  if (!isTrustworthy(jwksUrl)) {
    problems.push("AUTH_JWKS_URL: must be an https URL; jwt is refused");
    return undefined;
  }
  const algorithms = listOf(env, "AUTH_ALGORITHMS");
  if (!algorithms.every((name) => ALGORITHMS.includes(name))) {
    problems.push(`AUTH_ALGORITHMS: must be of ${ALGORITHMS.join(", ")}; jwt is refused`);
    return undefined;
  }
  const header = textOf(env, "AUTH_JWT_HEADER")?.toLowerCase();
  if (header !== undefined && !HEADER_NAME.test(header)) {
    problems.push("AUTH_JWT_HEADER: must be the name of a header; jwt is refused");
    return undefined;
  }
  const sessionClaim = textOf(env, "AUTH_SESSION_CLAIM");
  const tolerance = { min: 0, max: 300 };
  return {
    jwksUrl,
    issuer,
    audience,
    algorithms: algorithms.length > 0 ? algorithms : DEFAULT_ALGORITHMS,
    clockToleranceSeconds: numberOf(env, "AUTH_CLOCK_TOLERANCE", 30, tolerance, problems),
    userClaim: textOf(env, "AUTH_USER_CLAIM") ?? "sub",
    ...(sessionClaim !== undefined && { sessionClaim }),
    ...(header !== undefined && { header }),
  };
}

/** An attacker who can change the keys in transit lets in anybody. */
function isTrustworthy(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  const local = hostname === "127.0.0.1" || hostname === "localhost" || hostname === "[::1]";
  return protocol === "https:" || (protocol === "http:" && local);
}
