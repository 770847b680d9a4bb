import { readPrivacy } from "../../../src/privacy/read-privacy.ts";
import type { Privacy } from "../../../src/privacy/privacy.ts";

export function privacyOf(env: Record<string, unknown>): Privacy {
  const problems: string[] = [];
  const setting = readPrivacy(env, problems);
  if (setting.kind !== "on") throw new Error(`${setting.kind}: ${problems.join("; ")}`);
  return setting.privacy;
}

/** A cleaned input, and the notes. */
export function cleaned(
  env: Record<string, unknown>,
  input: unknown,
): { input: unknown; notes: string[] } {
  const notes: string[] = [];
  const data = privacyOf(env).clean({ input }, (text) => notes.push(text));
  return { input: data["input"], notes };
}

export const maskedBy = (MASK: string, text: string): unknown => cleaned({ MASK }, text).input;
