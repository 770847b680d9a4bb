// Session tokens as a project's server makes them, and as an attacker might.
import { SignJWT } from "jose";
import { NOW } from "../interpret/interpreting.ts";

export const SECRET = "token-secret-0123456789-0123456789-a";
export const OLD_SECRET = "token-secret-0123456789-0123456789-old";
export const PUBLIC_KEY = "pk-secret-1";
export const ENV = {
  LANGFUSE_PUBLIC_KEY: PUBLIC_KEY,
  LANGFUSE_SECRET_KEY: "sk-secret-1",
  AUTH: "token",
  AUTH_TOKEN_SECRET: SECRET,
};

export const SECONDS = Math.floor(NOW / 1000);

export const claims = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  aud: "langfuse-edge",
  project: PUBLIC_KEY,
  sid: "chat-7",
  iat: SECONDS,
  exp: SECONDS + 600,
  ...more,
});

/** `undefined` leaves a claim or a header out. */
export function signed(
  more: Record<string, unknown> = {},
  { secret = SECRET, header = {} }: { secret?: string; header?: Record<string, unknown> } = {},
): Promise<string> {
  return new SignJWT(claims(more))
    .setProtectedHeader({ alg: "HS256", kid: PUBLIC_KEY, ...header })
    .sign(new TextEncoder().encode(secret));
}

/** A token with any header and signature at all. */
export function forged(header: unknown, payload: unknown, signature = ""): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part(header)}.${part(payload)}.${signature}`;
}
