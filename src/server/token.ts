// Session tokens for pages: asked of the edge with the project's keys, or signed here with the secret that the edge
// knows too. docs/security.md says what a token may do.
import { ownerTag } from "../client/trace/ids.ts";
import { type EdgeOptions, needed } from "./options.ts";

export interface TokenRequest {
  /** 1 to 200 characters. */
  sessionId: string;
  /** Your own login says who it is. */
  userId?: string | undefined;
  /** 1 to 86,400. Default 600. */
  ttlSeconds?: number | undefined;
  /** All that the page may do, such as `["create_score"]`. Default: everything. */
  actions?: readonly string[] | undefined;
}

/** As the page's `identify` returns it. */
export interface SessionToken {
  token: string;
  /** ISO time. */
  expiresAt: string;
  publicKey: string;
  sessionId: string;
  userId?: string;
  /** The end of the ids of this owner's traces. */
  ownerTag: string;
}

/** The edge, or what stands at its address, did not give a token. */
export class TokenError extends Error {
  /** The edge's code (docs/http-api.md), or `unreachable`, or `not_an_edge`. */
  readonly code: string;
  /** HTTP, or 0 where nothing answered. */
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(`langfuse-edge: ${code}: ${message}`);
    this.name = "TokenError";
    this.code = code;
    this.status = status;
  }
}

const DEFAULT_TTL_SECONDS = 600;
const TIMEOUT_MS = 10_000;

/**
 * A token from the edge (`POST /api/langfuse/token`).
 * @throws TypeError where an option is missing, TokenError where there is none to be had
 */
export async function createToken(
  { sessionId, userId, ttlSeconds, actions }: TokenRequest,
  options: EdgeOptions = {},
): Promise<SessionToken> {
  const url = needed(options.url, "url", "LANGFUSE_EDGE_URL").replace(/\/+$/, "");
  const publicKey = needed(options.publicKey, "publicKey", "LANGFUSE_PUBLIC_KEY");
  const secretKey = needed(options.secretKey, "secretKey", "LANGFUSE_SECRET_KEY");
  const { fetch = globalThis.fetch, timeoutMs = TIMEOUT_MS } = options;
  let response: Response;
  try {
    response = await fetch(`${url}/api/langfuse/token`, {
      method: "POST",
      headers: {
        authorization: `Basic ${base64(`${publicKey}:${secretKey}`)}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ sessionId, userId, ttlSeconds, actions }),
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (error) {
    const why = error instanceof Error ? error.name : "Error";
    throw new TokenError("unreachable", 0, `the edge does not answer (${why})`);
  }
  const body = await bodyOf(response);
  if (response.status === 200 && isToken(body)) return body;
  const { code, message } = (body?.["error"] ?? {}) as { code?: string; message?: string };
  if (code === undefined) {
    throw new TokenError("not_an_edge", response.status, `HTTP ${response.status}: is url right?`);
  }
  throw new TokenError(code, response.status, message ?? "");
}

export interface SigningOptions {
  /** Else `LANGFUSE_PUBLIC_KEY`. */
  publicKey?: string | undefined;
  /** The edge's `AUTH_TOKEN_SECRET`; else that variable. */
  secret?: string | undefined;
  /** Epoch ms. Default: now. */
  now?: number | undefined;
}

/**
 * A token that is signed here, without a request.
 * @throws TypeError where an option is missing, or the request can't be meant
 */
export async function signToken(
  { sessionId, userId, ttlSeconds = DEFAULT_TTL_SECONDS, actions }: TokenRequest,
  options: SigningOptions = {},
): Promise<SessionToken> {
  const publicKey = needed(options.publicKey, "publicKey", "LANGFUSE_PUBLIC_KEY");
  const secret = needed(options.secret, "secret", "AUTH_TOKEN_SECRET");
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > 86_400) {
    throw new TypeError("langfuse-edge: ttlSeconds must be a whole number from 1 to 86400");
  }
  for (const [name, id] of Object.entries({ sessionId, userId })) {
    // oxlint-disable-next-line no-control-regex -- what is looked for
    const isFit = id === undefined || /^(?!.*[\u0000-\u001f\u007f]).{1,200}$/su.test(id);
    if (!isFit || !(id ?? "").isWellFormed()) {
      throw new TypeError(`langfuse-edge: ${name} must be text of 1 to 200 characters`);
    }
  }
  const iat = Math.floor((options.now ?? Date.now()) / 1000);
  const exp = iat + ttlSeconds;
  const claims = {
    aud: "langfuse-edge",
    project: publicKey,
    ...(userId !== undefined && { sub: userId }),
    sid: sessionId,
    ...(actions !== undefined && { actions }),
    iat,
    exp,
  };
  const header = { alg: "HS256", typ: "JWT", kid: publicKey };
  const signed = [header, claims].map((part) => base64url(JSON.stringify(part))).join(".");
  const bytes = new TextEncoder().encode(secret);
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes, hmac, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(signed));
  return {
    token: `${signed}.${base64url(new Uint8Array(signature))}`,
    expiresAt: new Date(exp * 1000).toISOString(),
    publicKey,
    sessionId,
    ...(userId !== undefined && { userId }),
    ownerTag: ownerTag(publicKey, userId === undefined ? `session:${sessionId}` : `user:${userId}`),
  };
}

/** The rest of it is as old as the token: an edge that gives the one gives the other. */
function isToken(body: object | undefined): body is SessionToken {
  return body !== undefined && "token" in body && typeof body.token === "string";
}

async function bodyOf(response: Response): Promise<Record<string, unknown> | undefined> {
  try {
    const body: unknown = await response.json();
    return typeof body === "object" && body !== null
      ? (body as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function base64(value: string | Uint8Array): string {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

function base64url(value: string | Uint8Array): string {
  return base64(value).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
