// The Langfuse projects: their keys, where each is reached, and the secrets of its session tokens.
// Pure. A project without a usable part is left out, and a problem.
import { jsonOf, type RawEnv, textOf } from "./read.ts";
import { tokenSecretsOf } from "./token-secrets.ts";

/** One Langfuse project: where its records go and with which keys. */
export interface Project {
  publicKey: string;
  secretKey: string;
  /** Without a trailing slash and without user info. */
  baseUrl: string;
  /** Secrets of its session tokens: the current one, then the one before it. */
  tokenSecrets?: readonly string[];
}

export interface ProjectSettings {
  /** By public key; empty when nothing is configured. */
  projects: ReadonlyMap<string, Project>;
  /** The project of requests that name none: the one of LANGFUSE_PUBLIC_KEY, else the only one. */
  defaultProject?: Project;
  /** Complete keys of no use, since their base URL is none. */
  unusedKeys?: Pick<Project, "publicKey" | "secretKey">;
  /** The seed's five health fields read these. */
  configured: { publicKey: boolean; secretKey: boolean; baseUrl: string };
}

export const DEFAULT_BASE_URL = "https://cloud.langfuse.com";
const ENTRY_SECRETS = { current: "tokenSecret", previous: "previousTokenSecret" };
const OWN_SECRETS = { current: "AUTH_TOKEN_SECRET", previous: "AUTH_TOKEN_SECRET_PREVIOUS" };

export function readProjects(env: RawEnv, problems: string[]): ProjectSettings {
  const baseUrl = cleanBaseUrl(
    textOf(env, "LANGFUSE_BASE_URL") ??
      textOf(env, "LANGFUSE_BASEURL") ??
      textOf(env, "LANGFUSE_HOST") ??
      DEFAULT_BASE_URL,
  );
  if (baseUrl === undefined) {
    problems.push("LANGFUSE_BASE_URL: must be a URL that begins with https:// or http://");
  }
  const projects = readEntries(env, baseUrl, problems);
  const publicKey = textOf(env, "LANGFUSE_PUBLIC_KEY");
  const secretKey = textOf(env, "LANGFUSE_SECRET_KEY");
  const keys = publicKey && secretKey ? { publicKey, secretKey } : undefined;
  if (keys !== undefined && baseUrl !== undefined) {
    projects.set(keys.publicKey, { ...keys, baseUrl });
  }
  if (keys === undefined && (publicKey ?? secretKey) !== undefined) {
    const missing = publicKey === undefined ? "LANGFUSE_PUBLIC_KEY" : "LANGFUSE_SECRET_KEY";
    if (publicKey === undefined || !projects.has(publicKey)) {
      problems.push(`${missing}: is missing`);
    }
  }
  // Of all that are named, also where one can't be used: what is meant for it must not go to another one.
  const named = Object.keys(jsonOf(env, "LANGFUSE_PROJECTS", []));
  const only = publicKey ?? (named.length === 1 ? named[0] : undefined);
  const defaultProject = only === undefined ? undefined : projects.get(only);
  if (defaultProject !== undefined) {
    Object.assign(defaultProject, tokenSecretsOf(env, OWN_SECRETS, problems));
  }
  return {
    projects,
    ...(defaultProject && { defaultProject }),
    ...(keys !== undefined && !projects.has(keys.publicKey) && { unusedKeys: keys }),
    configured: {
      publicKey: publicKey !== undefined || projects.size > 0,
      secretKey: secretKey !== undefined || projects.size > 0,
      baseUrl: baseUrl ?? "",
    },
  };
}

/**
 * LANGFUSE_PROJECTS: by public key the secret key, or an object of all of a project.
 * @param baseUrl of those that name none; undefined where it is unusable: nothing goes anywhere else
 */
function readEntries(
  env: RawEnv,
  baseUrl: string | undefined,
  problems: string[],
): Map<string, Project> {
  const projects = new Map<string, Project>();
  for (const [publicKey, raw] of Object.entries(jsonOf(env, "LANGFUSE_PROJECTS", problems))) {
    const entry = (typeof raw === "string" ? { secretKey: raw } : raw) as Record<string, unknown>;
    const secretKey = textOf(entry ?? {}, "secretKey");
    const own = textOf(entry ?? {}, "baseUrl");
    if (own === undefined && baseUrl === undefined) {
      problems.push(
        "LANGFUSE_PROJECTS: an entry without a baseUrl of its own is left out until LANGFUSE_BASE_URL is right",
      );
      continue;
    }
    const url = own === undefined ? baseUrl : cleanBaseUrl(own);
    if (secretKey === undefined || url === undefined) {
      problems.push("LANGFUSE_PROJECTS: an entry needs a secretKey and, if any, a valid baseUrl");
      continue;
    }
    const tokenSecrets = tokenSecretsOf(entry ?? {}, ENTRY_SECRETS, problems);
    projects.set(publicKey, { publicKey, secretKey, baseUrl: url, ...tokenSecrets });
  }
  return projects;
}

/** A base URL without user info, query and trailing slash; undefined when it is no http(s) URL. */
function cleanBaseUrl(raw: string): string | undefined {
  if (!URL.canParse(raw)) return undefined;
  const url = new URL(raw);
  if (url.protocol !== "https:" && url.protocol !== "http:") return undefined;
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}
