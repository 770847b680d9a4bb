// Tokens of others that let somebody look: the identity provider's with the claim that a setting names, and those
// that Cloudflare Access puts into each request. The settings decide which checks they have to pass, and which project
// they show, never the token.
import { type JWTVerifyGetKey, jwtVerify } from "jose";
import type { CloudflareAccess, DashboardSettings } from "../../settings/dashboard.ts";
import type { Project } from "../../settings/index.ts";
import { failureOf, type TokenFailure } from "../access/verified-token.ts";
import type { Reader } from "./reader.ts";

/** Cloudflare's own header; https://developers.cloudflare.com/cloudflare-one/ says to check it at the origin. */
export const ACCESS_HEADER = "cf-access-jwt-assertion";
/** Access signs by nothing else. */
const ACCESS_ALGORITHMS = ["RS256"];
const CLOCK_TOLERANCE_SECONDS = 30;

/** Where a team's public keys are. */
export function accessKeysUrl({ issuer }: CloudflareAccess): string {
  return `${issuer}/cdn-cgi/access/certs`;
}

export async function verifyClaim(
  token: string,
  keys: JWTVerifyGetKey,
  { provider, name, value }: NonNullable<DashboardSettings["claim"]>,
  project: Project,
  now: number,
): Promise<Reader | TokenFailure> {
  const { issuer, audience, algorithms, clockToleranceSeconds } = provider;
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms,
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ["exp", name],
      currentDate: new Date(now),
    });
    if (!hasValue(payload[name], value, name)) return { fault: "invalid", reason: "claim" };
    return { project, by: "claim", until: (payload.exp ?? 0) * 1000 };
  } catch (error) {
    return failureOf(error);
  }
}

export async function verifyAccess(
  token: string,
  keys: JWTVerifyGetKey,
  { issuer, audience }: CloudflareAccess,
  project: Project,
  now: number,
): Promise<Reader | TokenFailure> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms: ACCESS_ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ["exp"],
      currentDate: new Date(now),
    });
    return { project, by: "cloudflare_access", until: (payload.exp ?? 0) * 1000, ambient: true };
  } catch (error) {
    return failureOf(error);
  }
}

/** A claim is one value or a list; scopes are one text with spaces (RFC 8693, 4.2). */
function hasValue(claim: unknown, value: string, name: string): boolean {
  if (Array.isArray(claim)) return claim.includes(value);
  if (typeof claim === "boolean") return String(claim) === value;
  if (typeof claim !== "string") return false;
  return name === "scope" || name === "scp" ? claim.split(" ").includes(value) : claim === value;
}
