// Langfuse's words, or a proxy's, before they are kept, logged or shown: without keys, and short.
import { Buffer } from "node:buffer";
import type { Project } from "../settings/index.ts";

/** Longest text that is kept of an answer: enough to understand, bounded in every dead letter. */
export const MAX_WORDS = 500;

/** Shorter header values are flags, not secrets: removing `1` or `true` would garble any text. */
const SHORTEST_SECRET = 8;

const REDACTED = "[redacted]";
const LOOKS_SECRET = /\b[ps]k-lf-[\w-]+|\b(?:Basic|Bearer)\s+[\w+/=.~-]+/gi;

/** Removes the project's keys and the values of extra headers; cuts after removing, not before. */
export function redact(
  text: string,
  project: Project,
  extraHeaders: Readonly<Record<string, string>> = {},
): string {
  const secrets = [
    basicCredentials(project),
    project.secretKey,
    project.publicKey,
    ...Object.values(extraHeaders).filter((value) => value.length >= SHORTEST_SECRET),
  ];
  const clean = secrets
    .filter((secret) => secret !== "")
    .reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text)
    .replaceAll(LOOKS_SECRET, REDACTED);
  return clean.slice(0, MAX_WORDS).toWellFormed();
}

/** The Basic credentials of a project; keys may hold any text, so they are encoded as UTF-8. */
export function basicCredentials({ publicKey, secretKey }: Project): string {
  return Buffer.from(`${publicKey}:${secretKey}`, "utf8").toString("base64");
}
