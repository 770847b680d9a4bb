// Why somebody is not let in. None of it quotes what was sent.
import type { RequestRefusal } from "../request-refusal.ts";
import type { TokenFailure } from "./verified-token.ts";

export interface AccessRefusal {
  refusal: RequestRefusal;
  /** For the log: which check failed, in a word. */
  reason?: string;
}

export const NOT_CONFIGURED: AccessRefusal = {
  refusal: {
    code: "not_configured",
    message: "no Langfuse project is configured; health, asked with Basic, names the problem",
  },
  reason: "not_configured",
};

export const AUTH_NOT_CONFIGURED: AccessRefusal = {
  refusal: {
    code: "auth_not_configured",
    message:
      "only servers are let in, by Basic authorization: AUTH is not set, or can't be used; " +
      "health names the problem",
  },
  reason: "auth_not_configured",
};

export const SECRET_IN_BROWSER: AccessRefusal = {
  refusal: {
    code: "forbidden",
    message:
      "a secret key was sent from a browser, where anyone can read it: that is an accident; " +
      "take it out of the page and replace the key",
  },
  reason: "secret_in_browser",
};

const ASK_BASIC = { "www-authenticate": 'Basic realm="langfuse", charset="UTF-8"' };

/** A browser asks its user for a password when it sees `Basic`; a program needs to be told it. */
export const UNAUTHORIZED_SERVER: AccessRefusal = {
  refusal: {
    code: "unauthorized",
    message: "Basic authorization with a project's public and secret key is needed",
    headers: ASK_BASIC,
  },
  reason: "none",
};

/** Of an unknown public key and of a wrong secret the same: neither tells which keys exist. */
export const WRONG_KEYS: AccessRefusal = {
  refusal: {
    code: "unauthorized",
    message: "the public and secret key given are not those of a project here",
    headers: ASK_BASIC,
  },
  reason: "keys",
};

export const UNKNOWN_SCHEME: AccessRefusal = {
  refusal: {
    code: "unauthorized",
    message: "the authorization given is neither Basic nor Bearer",
    headers: ASK_BASIC,
  },
  reason: "scheme",
};

export const UNAUTHORIZED: AccessRefusal = {
  refusal: {
    code: "unauthorized",
    message: "a token is needed, as Bearer authorization",
    headers: { "www-authenticate": 'Bearer realm="langfuse"' },
  },
  reason: "none",
};

export const PUBLIC_KEY_ALONE: AccessRefusal = {
  refusal: {
    code: "token_invalid",
    message: "the public key alone lets nobody in: AUTH does not name key; a token is needed",
    headers: { "www-authenticate": 'Bearer realm="langfuse", error="invalid_token"' },
  },
  reason: "public_key",
};

export const NO_ORIGIN: AccessRefusal = {
  refusal: {
    code: "forbidden",
    message: "the public key alone is for pages, whose browser names their origin",
  },
  reason: "origin",
};

const AUTH_UNAVAILABLE: RequestRefusal = {
  code: "auth_unavailable",
  message: "the identity provider's keys can't be had just now; send it again",
  headers: { "retry-after": "10" },
};

export function tokenRefusal({ fault, reason }: TokenFailure): AccessRefusal {
  if (fault === "unavailable") return { refusal: AUTH_UNAVAILABLE, reason };
  return {
    refusal: {
      code: fault === "expired" ? "token_expired" : "token_invalid",
      message:
        fault === "expired"
          ? "the token has expired"
          : "the token is not valid here; the log says why",
      headers: { "www-authenticate": 'Bearer realm="langfuse", error="invalid_token"' },
    },
    reason,
  };
}
