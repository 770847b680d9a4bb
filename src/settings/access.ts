// Access as configured. Any mistake in it lets fewer callers in, never more.
import { LIMIT_BINDINGS } from "../protocol/rate-limits.ts";
import { type IdentityProvider, readIdentityProvider } from "./identity-provider.ts";
import { type OriginRule, readOrigins } from "./origins.ts";
import type { WithSecrets } from "./token-secrets.ts";
import { flagOf, listOf, type RawEnv, textOf } from "./read.ts";

export const AUTH_MODES = ["token", "jwt", "key"] as const;
export type AuthMode = (typeof AUTH_MODES)[number];

export interface AccessSettings {
  /** AUTH is set, be it usable or not: then development lets nobody in without it. */
  asked: boolean;
  /** Modes accepted from browsers; empty where none is. */
  modes: ReadonlySet<AuthMode>;
  /** The edge's own origin is allowed as well. */
  allowedOrigins: readonly OriginRule[];
  /** Browsers may send cookies along: for an access proxy in front of the edge. */
  allowCredentials: boolean;
  /** Set where jwt is accepted. */
  provider?: IdentityProvider;
}

interface ProjectSecrets {
  projects: ReadonlyMap<string, WithSecrets>;
  defaultProject?: WithSecrets;
}

export function readAccess(
  env: RawEnv,
  { projects, defaultProject }: ProjectSecrets,
  problems: string[],
): AccessSettings {
  const allowedOrigins = readOrigins(env, problems);
  const asked = listOf(env, "AUTH").map((name) => name.toLowerCase());
  const provider = asked.includes("jwt") ? readIdentityProvider(env, problems) : undefined;
  /** A mode's missing part, in words; empty where that has been reported already. */
  const missing: Record<AuthMode, () => string | undefined> = {
    token: () =>
      [...projects.values()].some(({ tokenSecrets }) => tokenSecrets !== undefined)
        ? undefined
        : "token needs AUTH_TOKEN_SECRET, or a tokenSecret in LANGFUSE_PROJECTS",
    jwt: () => {
      if (provider === undefined) return "";
      return defaultProject === undefined ? "jwt needs a default project" : undefined;
    },
    key: () => {
      const bound = Object.values(LIMIT_BINDINGS).every((name) => isLimiter(env[name]));
      return allowedOrigins.length > 0 && bound
        ? undefined
        : `key needs ALLOWED_ORIGINS and the bindings ${Object.values(LIMIT_BINDINGS).join(", ")}`;
    },
  };
  const modes = new Set<AuthMode>();
  for (const name of asked) {
    const mode = AUTH_MODES.find((one) => one === name);
    const problem =
      mode === undefined ? `must be a list of ${AUTH_MODES.join(", ")}` : missing[mode]();
    if (mode !== undefined && problem === undefined) modes.add(mode);
    else if (problem !== "") problems.push(`AUTH: ${problem}`);
  }
  return {
    asked: textOf(env, "AUTH") !== undefined,
    modes,
    allowedOrigins,
    allowCredentials: flagOf(env, "ALLOW_CREDENTIALS", problems),
    ...(provider !== undefined && modes.has("jwt") && { provider }),
  };
}

function isLimiter(binding: unknown): boolean {
  if (typeof binding !== "object" || binding === null || !("limit" in binding)) return false;
  return typeof binding.limit === "function";
}
