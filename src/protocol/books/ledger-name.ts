import { objectName } from "../ids.ts";

/**
 * The name of the object that keeps a project's health and its ledger: unlike any session's, and a hash,
 * since a public key is nobody else's business.
 */
export function ledgerName(publicKey: string): string {
  return objectName({ project: publicKey, owner: "server", kind: "trace", value: "health" });
}
