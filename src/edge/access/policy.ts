// Who may write. Two policies: what the settings name (what is deployed; servers that hold a secret
// key always), and everybody (development, until AUTH is set). Fails closed: what is not configured,
// not known or not understood is not let in.
import { decodeProtectedHeader } from "jose";
import type { Project, Settings } from "../../settings/index.ts";
import type { Caller } from "../caller.ts";
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
import { SESSION_TOKEN_ALGORITHM, type SessionTokens, sessionTokens } from "./session-token.ts";
import type { TokenFailure, VerifiedToken } from "./verified-token.ts";
import { verifiedTokens } from "./verified-tokens.ts";

/** `beacon`: the token that came in the body, since a beacon can't set headers. */
export type AccessPolicy = (request: Request, beacon?: string) => Promise<Caller | AccessRefusal>;

export interface AccessControl {
  access: AccessPolicy;
  /** What is accepted from browsers, as health tells it: `token` …, or `open`. */
  auth: readonly string[];
  origins: OriginPolicy;
  tokens: SessionTokens;
}

/** Servers by Basic `pk:sk`, and from browsers what AUTH names. */
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
    const kept = verified.find(token, now());
    if (kept !== undefined) return kept.caller;
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
  return { access: policy, auth: [...access.modes], origins, tokens };
}

/** Everybody writes to the default project; but keys that are given must be right. */
export function openAccess(settings: Settings, fallback: Project): AccessControl {
  const project = settings.defaultProject ?? fallback;
  const projects = new Map([[fallback.publicKey, fallback], ...settings.projects]);
  const policy: AccessPolicy = async (request) => {
    const credentials = credentialsOf(request.headers);
    if (credentials.kind === "basic") return serverOf(credentials.encoded, request, projects);
    return { project, writer: "browser", owner: "anonymous" };
  };
  return { access: policy, auth: ["open"], origins: anyOrigin, tokens: sessionTokens(projects) };
}

/** The public key is public: it says which project, and that is all it says. */
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
  const shown = credentialsOf(headers);
  const token = proxyHeader === undefined ? null : headers.get(proxyHeader);
  return shown.kind === "none" && token !== null ? bearer(token.trim()) : shown;
}

function headerOf(token: string): { alg?: unknown; kid?: unknown } | undefined {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return undefined;
  }
}
