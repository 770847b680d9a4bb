// The journal's format, version by version. Append only: a step that was released is never changed,
// because journals written by it are still there.

import { migrateFrom1 } from "./migrate-1.ts";

/** Takes the lines of one version to the next one's. */
type Step = (lines: string[]) => string[];

/** `STEPS[n]` takes version n + 1 to n + 2. */
const STEPS: readonly Step[] = [migrateFrom1];

export const FORMAT_VERSION = STEPS.length + 1;

/** Brings lines up to the current version. Throws for a version that this code does not know. */
export function migrate(version: number, lines: string[]): string[] {
  if (!Number.isInteger(version) || version < 1 || version > FORMAT_VERSION) {
    throw new Error(`journal format ${version} is not known to this version of the edge`);
  }
  return STEPS.slice(version - 1).reduce((text, step) => step(text), lines);
}
