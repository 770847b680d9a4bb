// The colours that are in force: another scheme, other colours.
import { type Tone, TONES } from "./tone.ts";

export interface Palette {
  ink: string;
  soft: string;
  line: string;
  of: (tone: Tone) => string;
}

/** Of the colours that are in force now. */
export function palette(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ink: read("--ink"),
    soft: read("--soft"),
    line: read("--line"),
    of: (tone) => read(TONES[tone]),
  };
}

const SCHEMES = "(prefers-color-scheme: dark)";

/** Calls when light turns to dark or back, until the signal says stop. */
export function onScheme(changed: () => void, signal: AbortSignal): void {
  matchMedia(SCHEMES).addEventListener("change", changed, { signal });
}
