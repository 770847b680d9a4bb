// Who may look: nobody by default. A server by its keys, whoever has a read token, and those whom the settings name by
// a claim or by Cloudflare Access. A page's token and a public key are refused: they write.
import { decodeProtectedHeader } from "jose";
import type { Project, Settings } from "../../settings/index.ts";
import {
  type AccessRefusal,
  NOT_CONFIGURED,
  tokenRefusal,
  UNAUTHORIZED,
} from "../access/access-refusal.ts";
import { serverOf } from "../access/basic.ts";
import { bearer, type Credentials, credentialsOf } from "../access/credentials.ts";
import { type KeySetShell, remoteKeySet } from "../access/key-set.ts";
import { SESSION_TOKEN_ALGORITHM } from "../access/session-token.ts";
import type { TokenFailure } from "../access/verified-token.ts";
import { ACCESS_HEADER, accessKeysUrl, verifyAccess, verifyClaim } from "./outside-tokens.ts";
import type { ReadTokens } from "./read-token.ts";
import type { Reader } from "./reader.ts";

/** `token`: one that did not come in a header. */
export type ReadPolicy = (request: Request, token?: string) => Promise<Reader | AccessRefusal>;

export function readPolicy(
  { projects, dashboard }: Settings,
  tokens: ReadTokens,
  shell: KeySetShell,
): ReadPolicy {
  const { now } = shell;
  const { project, claim, cloudflareAccess } = dashboard;
  const claimKeys = claim && remoteKeySet(claim.provider.jwksUrl, shell);
  const accessKeys = cloudflareAccess && remoteKeySet(accessKeysUrl(cloudflareAccess), shell);

  const byToken = async (token: string): Promise<Reader | TokenFailure> => {
    const header = headerOf(token);
    if (header === undefined) return { fault: "invalid", reason: "malformed" };
    if (header.alg === SESSION_TOKEN_ALGORITHM) return tokens.verify(token, header.kid, now());
    if (claim === undefined || claimKeys === undefined || project === undefined) {
      return { fault: "invalid", reason: "alg" };
    }
    return verifyClaim(token, claimKeys, claim, project, now());
  };
  return async (request, token) => {
    const given = token === undefined ? credentialsOf(request.headers) : bearer(token);
    if (given.kind === "basic") return byKeys(given, request, projects);
    if (given.kind === "bearer") return orRefused(await byToken(given.token));
    if (given.kind === "unknown") return UNAUTHORIZED;
    const assertion = request.headers.get(ACCESS_HEADER);
    if (assertion !== null && accessKeys && cloudflareAccess && project) {
      const found = await verifyAccess(
        assertion.trim(),
        accessKeys,
        cloudflareAccess,
        project,
        now(),
      );
      return orRefused(found);
    }
    const proxied = claim?.provider.header && request.headers.get(claim.provider.header);
    if (proxied) {
      const found = orRefused(await byToken(proxied.trim()));
      return "refusal" in found ? found : { ...found, ambient: true };
    }
    return UNAUTHORIZED;
  };
}

/** In development everybody on the machine sees the default project; what is given must be right even so. */
export function openReadPolicy(project: Project, closed: ReadPolicy): ReadPolicy {
  return async (request, token) => {
    const given = token === undefined ? credentialsOf(request.headers) : bearer(token);
    if (given.kind !== "none") return closed(request, token);
    // Other sites' pages, in the same browser, reach this machine too.
    return { project, by: "open", until: Number.MAX_SAFE_INTEGER, ambient: true };
  };
}

function byKeys(
  { encoded }: Extract<Credentials, { kind: "basic" }>,
  request: Request,
  projects: ReadonlyMap<string, Project>,
): Reader | AccessRefusal {
  if (projects.size === 0) return NOT_CONFIGURED;
  const server = serverOf(encoded, request, projects);
  if ("refusal" in server) return server;
  return { project: server.project, by: "keys", until: Number.MAX_SAFE_INTEGER };
}

function orRefused(found: Reader | TokenFailure): Reader | AccessRefusal {
  return "fault" in found ? tokenRefusal(found) : found;
}

function headerOf(token: string): { alg?: unknown; kid?: unknown } | undefined {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return undefined;
  }
}
