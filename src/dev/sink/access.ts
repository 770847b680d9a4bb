// Whose request it is. The keys are compared here and go no further: neither the object nor a
// finding ever sees one.
import type { Access } from "./inspect/inspect.ts";

export interface SinkKeys {
  publicKey: string;
  secretKey: string;
}

/** Of the sink's only project; they open nothing else. */
export const SINK_KEYS: SinkKeys = { publicKey: "pk-lf-sink", secretKey: "sk-lf-sink" };

function basicOf(credentials: string): string | undefined {
  try {
    return atob(credentials);
  } catch {
    return undefined;
  }
}

/** The rights of an `Authorization` header. A stand-in on loopback: the comparison is not timed. */
export function accessOf(authorization: string | null, keys: SinkKeys): Access {
  const [, scheme = "", credentials = ""] = /^(\w+) +(\S+)$/.exec(authorization ?? "") ?? [];
  if (scheme.toLowerCase() === "bearer") return credentials === keys.publicKey ? "scores" : "none";
  if (scheme.toLowerCase() !== "basic") return "none";
  return basicOf(credentials) === `${keys.publicKey}:${keys.secretKey}` ? "full" : "none";
}
