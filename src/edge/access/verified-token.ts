// A token that was verified, why one was not, and the cache of those that were: only what was verified
// gets in, and never for longer than it is valid.
import { errors } from "jose";
import type { Caller } from "./caller.ts";
import { KeysUnavailable } from "./key-set.ts";

export interface VerifiedToken {
  caller: Caller;
  /** Epoch ms: when it expires. */
  until: number;
}

export interface TokenFailure {
  fault: "expired" | "invalid" | "unavailable";
  /** The check that failed, in a word: for the log. Never a value out of the token. */
  reason: string;
}

/** Why a token could not be verified. Any error means that it was not. */
export function failureOf(error: unknown): TokenFailure {
  if (error instanceof KeysUnavailable) return { fault: "unavailable", reason: "jwks" };
  if (error instanceof errors.JWTExpired) return { fault: "expired", reason: "expired" };
  return { fault: "invalid", reason: reasonOf(error) };
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTClaimValidationFailed) return error.claim;
  if (error instanceof errors.JWSSignatureVerificationFailed) return "signature";
  if (error instanceof errors.JOSEAlgNotAllowed) return "alg";
  if (error instanceof errors.JWKSNoMatchingKey) return "kid";
  if (error instanceof errors.JWKSMultipleMatchingKeys) return "kid";
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return "malformed";
  if (error instanceof errors.JOSENotSupported) return "malformed";
  // The set's key is malformed, or too weak to be used.
  return "key";
}

/** A busy isolate sees some hundred pages; a caller and its token take about a kilobyte. */
const MAX_TOKENS = 1000;
/** Tokens of a key that was withdrawn are believed for at most so long. */
const MAX_AGE_MS = 5 * 60_000;

/** Tokens that were verified, so that a page's next request does not pay for it again; bounded. */
export interface VerifiedTokens {
  find: (token: string, now: number) => VerifiedToken | undefined;
  keep: (token: string, verified: VerifiedToken, now: number) => void;
}

export function verifiedTokens(): VerifiedTokens {
  const cache = new Map<string, VerifiedToken>();
  return {
    find: (token, now) => {
      const verified = cache.get(token);
      if (verified === undefined || now < verified.until) return verified;
      cache.delete(token);
      return undefined;
    },
    keep: (token, { caller, until }, now) => {
      if (cache.size >= MAX_TOKENS) {
        const [oldest] = cache.keys();
        if (oldest !== undefined) cache.delete(oldest);
      }
      cache.set(token, { caller, until: Math.min(until, now + MAX_AGE_MS) });
    },
  };
}
