import { derivedId } from "../ids.ts";

/** The name of the object that a project's watchers are connected to: a hash, as sessions' names are. */
export function liveName(publicKey: string): string {
  return derivedId("live", publicKey);
}
