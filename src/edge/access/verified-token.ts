import { errors } from "jose";
import type { Caller } from "../caller.ts";
import { KeysUnavailable } from "./key-set.ts";

export interface VerifiedToken {
  caller: Caller;
  /** Epoch ms: when it expires. */
  until: number;
}

export interface TokenFailure {
  fault: "expired" | "invalid" | "unavailable";
  /** Which check failed, in a word: for the log. Never a value out of the token. */
  reason: string;
}

/** Why a token could not be verified. Whatever it was, it was not verified. */
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
  // A key of the set that is none, or too weak to be used.
  return "key";
}
