// Basic `pk:sk`, for servers. Secrets are compared in constant time and appear in no refusal.
import { createHash, timingSafeEqual } from "node:crypto";
import type { Project } from "../../settings/index.ts";
import type { Caller } from "../caller.ts";
import { type AccessRefusal, SECRET_IN_BROWSER, WRONG_KEYS } from "./access-refusal.ts";

export function serverOf(
  encoded: string,
  request: Request,
  projects: ReadonlyMap<string, Project>,
): Caller | AccessRefusal {
  if (request.headers.has("origin")) return SECRET_IN_BROWSER;
  const pair = decode(encoded);
  const colon = pair.indexOf(":");
  const project = projects.get(pair.slice(0, Math.max(colon, 0)));
  // Compared also where the project is unknown: the time does not tell which it was.
  const right = sameSecret(pair.slice(colon + 1), project?.secretKey ?? "");
  if (project === undefined || !right) return WRONG_KEYS;
  return { project, writer: "server", owner: "server" };
}

/** Are these a project's keys? */
export function holdsKeys(
  encoded: string,
  { publicKey, secretKey }: Pick<Project, "publicKey" | "secretKey">,
): boolean {
  return sameSecret(decode(encoded), `${publicKey}:${secretKey}`);
}

function decode(encoded: string): string {
  try {
    const bytes = Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch {
    return "";
  }
}

/** Hashes have one length: neither a secret's length nor where it differs shows in the time. */
function sameSecret(given: string, right: string): boolean {
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(given), hash(right));
}
