// The secrets of session tokens. Pure. One that can't be used means none at all.
import { type RawEnv, textOf } from "./read.ts";

/** A shorter secret of HS256 can be guessed offline, from any token that it signed. */
const MIN_SECRET_LENGTH = 32;

export interface WithSecrets {
  tokenSecrets?: readonly string[];
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
