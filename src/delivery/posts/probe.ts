// The timeout of a POST while nothing shows that Langfuse takes anything. Pure. Sessions whose records hang then
// cost the others a short probe each; a Langfuse that is only slow is found out by longer ones.
import { POST_TIMEOUT_MS, PROBE_TIMEOUT_MS } from "../../protocol/delivery-times.ts";
import type { Failure } from "./failure.ts";

/** Every so many failed tries of a session the next one may take its time: Langfuse may be slow. */
const WHOLE_EVERY_TRIES = 3;

export interface PostContext {
  /** Sessions are posted apart, and nothing of the kind passed lately; or nothing but one that was tried before its turn. */
  isProbe: boolean;
  /** Tries of each record's session that failed. */
  tries: readonly number[];
  /** A record that was set aside is tried for its life. */
  setAsideBefore: boolean;
  /** The leases last long enough for a whole timeout. */
  hasTime: () => boolean;
}

export function timeoutFor({ isProbe, tries, setAsideBefore, hasTime }: PostContext): number {
  if (!isProbe || setAsideBefore) return POST_TIMEOUT_MS;
  return tries.some(isWholeTry) && hasTime() ? POST_TIMEOUT_MS : PROBE_TIMEOUT_MS;
}

export function isWholeTry(tries: number): boolean {
  return tries > 0 && tries % WHOLE_EVERY_TRIES === 0;
}

/** Of the tries of a session before this one. */
export function wholeTriesBefore(tries: number): number {
  return Math.floor(Math.max(tries - 1, 0) / WHOLE_EVERY_TRIES);
}

/** A hang that was cut short says, and costs, less than a whole one. */
export function failureWeight({ class: failureClass }: Failure, timeoutMs: number): number {
  return failureClass === "timeout" ? timeoutMs / POST_TIMEOUT_MS : 1;
}
