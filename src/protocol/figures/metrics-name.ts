import { objectName } from "../ids.ts";

/**
 * The name of one of the objects that keep a project's figures: unlike any session's, and a hash, since a public key is
 * nobody else's business. The first one, 0, is there always.
 */
export function metricsName(publicKey: string, shard: number): string {
  const value = shard === 0 ? "metrics" : `metrics/${shard}`;
  return objectName({ project: publicKey, owner: "server", kind: "trace", value });
}
