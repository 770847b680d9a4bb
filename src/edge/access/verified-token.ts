import { errors } from "jose";
import type { Caller } from "../caller.ts";

export interface VerifiedToken {
  caller: Caller;
  /** Epoch ms: when it expires. */
  until: number;
}

export interface TokenFailure {
  fault: "expired" | "invalid";
  /** Which check failed, in a word: for the log. Never a value out of the token. */
  reason: string;
}

/** What the library says against a token. What it does not say of a token is thrown on. */
export function failureOf(error: unknown): TokenFailure {
  if (error instanceof errors.JWTExpired) return { fault: "expired", reason: "expired" };
  if (error instanceof errors.JWTClaimValidationFailed) {
    return { fault: "invalid", reason: error.claim };
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return { fault: "invalid", reason: "signature" };
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return { fault: "invalid", reason: "alg" };
  if (error instanceof errors.JOSEError) return { fault: "invalid", reason: "malformed" };
  throw error;
}
