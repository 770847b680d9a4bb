// The journal's format, version by version. Append only: a step that was released is never changed,
// because journals written by it are still there.

/** Takes the lines of one version to the next one's. */
type Step = (lines: string[]) => string[];

/** `STEPS[n]` takes version n + 1 to n + 2. */
const STEPS: readonly Step[] = [];

export const FORMAT_VERSION = STEPS.length + 1;

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
  if (!Number.isInteger(version) || version < 1) throw new RangeError("no journal format");
  if (version > steps.length + 1) throw new LaterFormatError(version);
  return steps.slice(version - 1).reduce((text, step) => step(text), lines);
}
