// One fingerprint for the same error: of its type, of its message without what changes from time to time, and of the
// functions and files that it came through. Lines, columns, hosts and the hashes in the names of bundles do not
// count; nor does a name that a minifier gave. Pure.
import { sha256 } from "../trace/sha256.ts";
import type { ErrorText } from "./describe-error.ts";
import { stableFile, stableFrames } from "./frames.ts";

/** Of the innermost frames; those around them differ by who called. */
const FRAMES = 5;
const DIGITS = 16;

/** A message without numbers, ids, addresses and long quotations. */
export const stableMessage = (message: string): string =>
  message
    .replaceAll(/\b(?:https?|blob|file|webpack(?:-internal)?):\/\/[^\s"'`()]+/g, (url) =>
      stableFile(url),
    )
    .replaceAll(/(["'`])[^"'`]{40,}\1/g, "$1*$1")
    .replaceAll(/\b(?=[\da-f-]*\d)[\da-f-]{8,}\b/gi, "0")
    .replaceAll(/\d+/g, "0");

/** 16 hex digits. */
export function fingerprint({ type, message, stack = "" }: ErrorText): string {
  const parts = [type, stableMessage(message), ...stableFrames(stack, FRAMES)];
  return sha256(parts.join("\n")).slice(0, DIGITS);
}
