// Access policies: callers that the settings name, as deployed (servers that hold a secret key are
// always let in), or everybody (development, until AUTH is set). Both fail closed: a caller that is
// not configured, not known or not understood is not let in.
import { decodeProtectedHeader } from "jose";
import type { Project, Settings } from "../../settings/index.ts";
import type { Caller } from "./caller.ts";
import {
  type AccessRefusal,
  AUTH_NOT_CONFIGURED,
  NO_ORIGIN,
  NOT_CONFIGURED,
  PUBLIC_KEY_ALONE,
  tokenRefusal,
  UNAUTHORIZED,
  UNAUTHORIZED_SERVER,
  UNKNOWN_SCHEME,
} from "./access-refusal.ts";
import { serverOf } from "./basic.ts";
import { bearer, type Credentials, credentialsOf } from "./credentials.ts";
import { allowedOrigins, anyOrigin, type OriginPolicy } from "./origins.ts";
import { verifyIdentityToken } from "./identity-token.ts";
import { type KeySetShell, remoteKeySet } from "./key-set.ts";
import { openReadPolicy, readPolicy, type ReadPolicy } from "../readers/read-policy.ts";
import { readTokens, type ReadTokens } from "../readers/read-token.ts";
import { SESSION_TOKEN_ALGORITHM, type SessionTokens, sessionTokens } from "./session-token.ts";
import { type TokenFailure, type VerifiedToken, verifiedTokens } from "./verified-token.ts";

/** `beacon`: the token in the body of a beacon, which can't set headers. */
export type AccessPolicy = (request: Request, beacon?: string) => Promise<Caller | AccessRefusal>;

export interface AccessControl {
  access: AccessPolicy;
  /** The modes accepted from browsers, as health shows them: `token` …, or `open`. */
  auth: readonly string[];
  origins: OriginPolicy;
  tokens: SessionTokens;
  /** Who may look. */
  readers: ReadPolicy;
  readTokens: ReadTokens;
}

/** Lets in servers by Basic `pk:sk`, and browsers by the modes that AUTH names. */
export function accessControl(settings: Settings, shell: KeySetShell): AccessControl {
  const { projects, access, defaultProject } = settings;
  const { now } = shell;
  const tokens = sessionTokens(projects);
  const verified = verifiedTokens();

  const { provider } = access;
  const keys = provider && remoteKeySet(provider.jwksUrl, shell);
  /** The algorithm decides by what a token is verified: with a secret only ours, with a key only theirs. */
  const verify = async (token: string): Promise<VerifiedToken | TokenFailure> => {
    const header = headerOf(token);
    if (header === undefined) return { fault: "invalid", reason: "malformed" };
    if (header.alg === SESSION_TOKEN_ALGORITHM) {
      if (access.modes.has("token")) return tokens.verify(token, header.kid, now());
    } else if (provider !== undefined && keys !== undefined && defaultProject !== undefined) {
      return verifyIdentityToken(token, keys, provider, defaultProject, now());
    }
    return { fault: "invalid", reason: "alg" };
  };
  const byToken = async (token: string): Promise<Caller | AccessRefusal> => {
    const cached = verified.find(token, now());
    if (cached !== undefined) return cached.caller;
    const outcome = await verify(token);
    if ("fault" in outcome) return tokenRefusal(outcome);
    verified.keep(token, outcome, now());
    return outcome.caller;
  };

  const policy: AccessPolicy = async (request, beacon) => {
    const credentials = credentialsIn(request, beacon, provider?.header);
    if (credentials.kind === "basic") {
      if (projects.size === 0) return NOT_CONFIGURED;
      return serverOf(credentials.encoded, request, projects);
    }
    if (access.modes.size === 0) return AUTH_NOT_CONFIGURED;
    if (credentials.kind === "bearer") {
      const project = projects.get(credentials.token);
      if (project === undefined) return byToken(credentials.token);
      if (!access.modes.has("key")) return PUBLIC_KEY_ALONE;
      return byKey(project, request, access.modes.size > 1);
    }
    if (request.headers.has("origin")) return UNAUTHORIZED;
    return credentials.kind === "unknown" ? UNKNOWN_SCHEME : UNAUTHORIZED_SERVER;
  };
  const origins = allowedOrigins(access.allowedOrigins, access.allowCredentials);
  const looking = readTokens(projects);
  const readers = readPolicy(settings, looking, shell);
  return { access: policy, auth: [...access.modes], origins, tokens, readers, readTokens: looking };
}

/** Lets in everybody, to the default project; but keys that are given must be right. */
export function openAccess(
  settings: Settings,
  fallback: Project,
  shell: KeySetShell,
): AccessControl {
  const project = settings.defaultProject ?? fallback;
  const projects = new Map([[fallback.publicKey, fallback], ...settings.projects]);
  const policy: AccessPolicy = async (request) => {
    const credentials = credentialsOf(request.headers);
    if (credentials.kind === "basic") return serverOf(credentials.encoded, request, projects);
    return { project, writer: "browser", owner: "anonymous" };
  };
  // The sink's secret key is short, and no secret.
  const looking = readTokens(projects, 1);
  const closed = readPolicy({ ...settings, projects }, looking, shell);
  return {
    access: policy,
    auth: ["open"],
    origins: anyOrigin,
    tokens: sessionTokens(projects),
    readers: openReadPolicy(project, closed),
    readTokens: looking,
  };
}

/** The public key is public: it names the project, and nobody. */
function byKey(project: Project, { headers }: Request, ownerless: boolean): Caller | AccessRefusal {
  if (!headers.has("origin")) return NO_ORIGIN;
  return {
    project,
    writer: "browser",
    owner: "anonymous",
    fromPage: true,
    publicKeyOnly: ownerless,
  };
}

function credentialsIn(
  { headers }: Request,
  beacon: string | undefined,
  proxyHeader: string | undefined,
): Credentials {
  if (beacon !== undefined) return bearer(beacon);
  const given = credentialsOf(headers);
  const token = proxyHeader === undefined ? null : headers.get(proxyHeader);
  return given.kind === "none" && token !== null ? bearer(token.trim()) : given;
}

function headerOf(token: string): { alg?: unknown; kid?: unknown } | undefined {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return undefined;
  }
}
