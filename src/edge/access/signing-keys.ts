import type { Project } from "../../settings/index.ts";

/** A project's secrets as keys, the current one first; none where it has no secret. */
export type SigningKeys = (project: Project) => Promise<readonly CryptoKey[]>;

/** Keys are imported once: that costs more than to verify with one. */
export function signingKeys(): SigningKeys {
  const known = new Map<string, CryptoKey[]>();
  return async ({ publicKey, tokenSecrets = [] }) => {
    const kept = known.get(publicKey);
    if (kept !== undefined) return kept;
    const keys = await Promise.all(tokenSecrets.map(importKey));
    known.set(publicKey, keys);
    return keys;
  };
}

function importKey(secret: string): Promise<CryptoKey> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const bytes = new TextEncoder().encode(secret);
  return crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign", "verify"]);
}
