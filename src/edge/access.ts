// Who may write. Two policies: only servers that hold a secret key (what is deployed as long as no
// access for browsers is configured), and everybody (development). Secrets are compared in constant
// time and appear in no refusal.
import { createHash, timingSafeEqual } from "node:crypto";
import type { Project, Settings } from "../settings.ts";
import type { Caller } from "./caller.ts";
import type { RequestRefusal } from "./request-refusal.ts";

export interface AccessRefusal {
  refusal: RequestRefusal;
}
export type AccessPolicy = (
  request: Request,
) => Caller | AccessRefusal | Promise<Caller | AccessRefusal>;

const NOT_CONFIGURED: AccessRefusal = {
  refusal: { code: "not_configured", message: "no Langfuse project is configured" },
};
const UNAUTHORIZED: AccessRefusal = {
  refusal: {
    code: "unauthorized",
    message: "Basic authorization with a project's public and secret key is needed",
    headers: { "www-authenticate": 'Basic realm="langfuse", charset="UTF-8"' },
  },
};
const SECRET_IN_BROWSER: AccessRefusal = {
  refusal: {
    code: "forbidden",
    message:
      "a secret key was sent from a browser, where anyone can read it: that is an accident; " +
      "take it out of the page and replace the key",
  },
};

/** Basic `pk:sk` of a configured project, and not from a browser. */
export function serversOnly(settings: Settings): AccessPolicy {
  return (request) => {
    if (settings.projects.size === 0) return NOT_CONFIGURED;
    const basic = basicOf(request);
    return basic === undefined ? UNAUTHORIZED : serverOf(basic, request, settings.projects);
  };
}

/** Everybody writes to the default project; but keys that are given must be right. */
export function openToAll(settings: Settings, fallback: Project): AccessPolicy {
  const project = settings.defaultProject ?? fallback;
  const projects = new Map([[fallback.publicKey, fallback], ...settings.projects]);
  return (request) => {
    const basic = basicOf(request);
    if (basic !== undefined) return serverOf(basic, request, projects);
    return { project, writer: "browser", owner: "anonymous" };
  };
}

function serverOf(
  basic: string,
  request: Request,
  projects: ReadonlyMap<string, Project>,
): Caller | AccessRefusal {
  if (request.headers.has("origin")) return SECRET_IN_BROWSER;
  const pair = decode(basic);
  const colon = pair.indexOf(":");
  const project = projects.get(pair.slice(0, Math.max(colon, 0)));
  // Compared also where the project is unknown: the time does not tell which it was.
  const right = sameSecret(pair.slice(colon + 1), project?.secretKey ?? "");
  if (project === undefined || !right) return UNAUTHORIZED;
  return { project, writer: "server", owner: "server" };
}

/** The credentials of Basic authorization, still encoded; undefined where it is another or none. */
function basicOf(request: Request): string | undefined {
  const match = /^basic(?:\s+(.*))?$/i.exec(request.headers.get("authorization") ?? "");
  return match === null ? undefined : (match[1] ?? "");
}

function decode(basic: string): string {
  try {
    const bytes = Uint8Array.from(atob(basic.trim()), (char) => char.charCodeAt(0));
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
