// Who is let in, as configured. Whatever is wrong with it lets fewer in, never more.
import { type OriginRule, readOrigins } from "./origins.ts";
import { flagOf, listOf, type RawEnv, textOf } from "./read.ts";

export const AUTH_MODES = ["token"] as const;
export type AuthMode = (typeof AUTH_MODES)[number];

export interface AccessSettings {
  /** AUTH says something, be it usable or not: then nobody is let in for want of it. */
  asked: boolean;
  /** What is accepted from browsers; nothing where it is empty. */
  modes: ReadonlySet<AuthMode>;
  /** Beside the edge's own origin. */
  allowedOrigins: readonly OriginRule[];
  /** Browsers may send cookies along: for an access proxy in front of the edge. */
  allowCredentials: boolean;
}

/** A shorter secret of HS256 can be guessed offline, from any token that it signed. */
const MIN_SECRET_LENGTH = 32;

interface WithSecrets {
  tokenSecrets?: readonly string[];
}

export function readAccess(
  env: RawEnv,
  projects: ReadonlyMap<string, WithSecrets>,
  problems: string[],
): AccessSettings {
  const modes = new Set<AuthMode>();
  for (const name of listOf(env, "AUTH")) {
    const mode = AUTH_MODES.find((known) => known === name.toLowerCase());
    const problem = mode === undefined ? unknownMode() : against(mode, projects);
    if (problem !== undefined) problems.push(problem);
    else if (mode !== undefined) modes.add(mode);
  }
  return {
    asked: textOf(env, "AUTH") !== undefined,
    modes,
    allowedOrigins: readOrigins(env, problems),
    allowCredentials: flagOf(env, "ALLOW_CREDENTIALS", problems),
  };
}

const unknownMode = (): string => `AUTH: must be a list of ${AUTH_MODES.join(", ")}`;

/** Why a mode that is asked for can't be used. */
function against(mode: AuthMode, projects: ReadonlyMap<string, WithSecrets>): string | undefined {
  switch (mode) {
    case "token":
      return [...projects.values()].some(({ tokenSecrets }) => tokenSecrets !== undefined)
        ? undefined
        : "AUTH: token needs AUTH_TOKEN_SECRET, or a tokenSecret in LANGFUSE_PROJECTS";
  }
}

/** The secrets that a project's session tokens are signed with; none where one is unusable. */
export function tokenSecretsOf(
  env: RawEnv,
  names: { current: string; previous: string },
  problems: string[],
): WithSecrets {
  const current = textOf(env, names.current);
  const previous = textOf(env, names.previous);
  if (current === undefined && previous === undefined) return {};
  if (current === undefined) {
    problems.push(`${names.previous}: counts only beside ${names.current}`);
    return {};
  }
  const given = { [names.current]: current, ...(previous && { [names.previous]: previous }) };
  const short = Object.entries(given).filter(([, secret]) => secret.length < MIN_SECRET_LENGTH);
  for (const [name] of short) {
    problems.push(
      `${name}: must have at least ${MIN_SECRET_LENGTH} characters; tokens are refused`,
    );
  }
  return short.length > 0 ? {} : { tokenSecrets: Object.values(given) };
}
