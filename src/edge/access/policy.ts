// Who may write. Two policies: what the settings name (what is deployed; servers that hold a secret
// key always), and everybody (development, until AUTH is set). Fails closed: what is not configured,
// not known or not understood is not let in.
import { decodeProtectedHeader } from "jose";
import type { Project, Settings } from "../../settings.ts";
import type { Caller } from "../caller.ts";
import {
  type AccessRefusal,
  AUTH_NOT_CONFIGURED,
  NOT_CONFIGURED,
  tokenRefusal,
  UNAUTHORIZED,
  UNAUTHORIZED_SERVER,
} from "./access-refusal.ts";
import { serverOf } from "./basic.ts";
import { bearer, type Credentials, credentialsOf } from "./credentials.ts";
import { allowedOrigins, anyOrigin, type OriginPolicy } from "./origins.ts";
import { type SessionTokens, sessionTokens } from "./session-token.ts";
import { verifiedTokens } from "./verified-tokens.ts";

/** `beacon`: the token that came in the body, since a beacon can't set headers. */
export type AccessPolicy = (request: Request, beacon?: string) => Promise<Caller | AccessRefusal>;

export interface Door {
  access: AccessPolicy;
  /** What is accepted from browsers, as health tells it: `token` …, or `open`. */
  auth: readonly string[];
  origins: OriginPolicy;
  tokens: SessionTokens;
}

/** Servers by Basic `pk:sk`, and from browsers what AUTH names. `now`: epoch ms. */
export function guarded(settings: Settings, now: () => number): Door {
  const { projects, access } = settings;
  const tokens = sessionTokens(projects);
  const verified = verifiedTokens();

  const byToken = async (token: string): Promise<Caller | AccessRefusal> => {
    const kept = verified.find(token, now());
    if (kept !== undefined) return kept.caller;
    const header = headerOf(token);
    // Only this algorithm is ever tried with a secret.
    if (header?.alg !== "HS256" || !access.modes.has("token")) {
      return tokenRefusal("invalid", header === undefined ? "malformed" : "alg");
    }
    const outcome = await tokens.verify(token, header.kid, now());
    if ("fault" in outcome) return tokenRefusal(outcome.fault, outcome.reason);
    verified.keep(token, outcome, now());
    return outcome.caller;
  };

  const policy: AccessPolicy = async (request, beacon) => {
    const credentials = credentialsIn(request, beacon);
    if (credentials.kind === "basic") {
      if (projects.size === 0) return NOT_CONFIGURED;
      return serverOf(credentials.encoded, request, projects);
    }
    if (access.modes.size === 0) return AUTH_NOT_CONFIGURED;
    if (credentials.kind === "bearer") return byToken(credentials.token);
    return request.headers.has("origin") ? UNAUTHORIZED : UNAUTHORIZED_SERVER;
  };
  const origins = allowedOrigins(access.allowedOrigins, access.allowCredentials);
  return { access: policy, auth: [...access.modes], origins, tokens };
}

/** Everybody writes to the default project; but keys that are given must be right. */
export function openToAll(settings: Settings, fallback: Project): Door {
  const project = settings.defaultProject ?? fallback;
  const projects = new Map([[fallback.publicKey, fallback], ...settings.projects]);
  const policy: AccessPolicy = async (request) => {
    const credentials = credentialsOf(request.headers);
    if (credentials.kind === "basic") return serverOf(credentials.encoded, request, projects);
    return { project, writer: "browser", owner: "anonymous" };
  };
  return { access: policy, auth: ["open"], origins: anyOrigin, tokens: sessionTokens(projects) };
}

function credentialsIn(request: Request, beacon: string | undefined): Credentials {
  return beacon === undefined ? credentialsOf(request.headers) : bearer(beacon);
}

function headerOf(token: string): { alg?: unknown; kid?: unknown } | undefined {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return undefined;
  }
}
