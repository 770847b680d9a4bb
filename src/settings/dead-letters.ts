// DEAD_LETTER_DAYS: the time for which records that Langfuse refuses for good are kept. Pure.
import { DEFAULT_DEAD_LETTER_DAYS, MAX_DEAD_LETTER_DAYS } from "../protocol/limits.ts";
import { numberOf, type RawEnv } from "./read.ts";

const DAY_MS = 24 * 3_600_000;
/** Two seconds, in days: for trials. */
const MIN_DAYS = 0.000_02;

export function readDeadLetterMs(env: RawEnv, problems: string[]): number {
  const bounds = { min: MIN_DAYS, max: MAX_DEAD_LETTER_DAYS };
  return DAY_MS * numberOf(env, "DEAD_LETTER_DAYS", DEFAULT_DEAD_LETTER_DAYS, bounds, problems);
}
