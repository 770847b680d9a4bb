// The identity provider's own tokens. They are of the default project: a provider knows users, not
// Langfuse's projects. Which checks they have to pass is the settings' word, never the token's.
import { type JWTVerifyGetKey, jwtVerify } from "jose";
import type { IdentityProvider } from "../../settings/identity-provider.ts";
import type { Project } from "../../settings/index.ts";
import { boundCaller } from "./bound-caller.ts";
import { failureOf, type TokenFailure, type VerifiedToken } from "./verified-token.ts";

export async function verifyIdentityToken(
  token: string,
  keys: JWTVerifyGetKey,
  provider: IdentityProvider,
  project: Project,
  now: number,
): Promise<VerifiedToken | TokenFailure> {
  const { issuer, audience, algorithms, clockToleranceSeconds, userClaim, sessionClaim } = provider;
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms,
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ["exp", userClaim],
      currentDate: new Date(now),
    });
    const caller = boundCaller(project, {
      user: payload[userClaim],
      session: sessionClaim === undefined ? undefined : payload[sessionClaim],
    });
    if ("wrong" in caller) return { fault: "invalid", reason: caller.wrong };
    return { caller, until: (payload.exp ?? 0) * 1000 };
  } catch (error) {
    return failureOf(error);
  }
}
