// The journal's format, version by version. Append only: a step that was released is never changed,
// because journals written by it are still there.
import type { SessionState } from "../state.ts";

/** Takes the lines of one version to the next one's. */
type Migration = (lines: string[]) => string[];

/** The first that was released; what has a lower one is read by no version. */
export const FIRST_VERSION = 3;
/** The nth takes the nth released version to the next one. */
const STEPS: readonly Migration[] = [
  // To 4: a journal in which complete spans wait. A version that knows no such spans passes over their entries,
  // and would lose them with its next snapshot: the number keeps it from touching them.
  (lines) => lines,
];

export const FORMAT_VERSION = FIRST_VERSION + STEPS.length;

/** The lowest format that says all that a journal of this state holds: a version of before can go on with most. */
export function formatFor({ origins }: Pick<SessionState, "origins">): number {
  return origins.size > 0 ? FORMAT_VERSION : FIRST_VERSION;
}

/** Written by a later version of the edge: it is left as it is until that version is back. */
export class LaterFormatError extends Error {
  constructor(version: number) {
    super(`journal format ${version} is of a later version of the edge`);
    this.name = "LaterFormatError";
  }
}

/**
 * Brings lines up to the current version.
 * @throws LaterFormatError for a later version, RangeError for what is no version
 */
export function migrate(version: number, lines: string[], steps = STEPS): string[] {
  if (!Number.isInteger(version) || version < FIRST_VERSION) {
    throw new RangeError("no journal format that was ever released");
  }
  if (version > FIRST_VERSION + steps.length) throw new LaterFormatError(version);
  return steps.slice(version - FIRST_VERSION).reduce((text, step) => step(text), lines);
}
