import type { Privacy } from "../../privacy/privacy.ts";
import { cutText, type Note } from "../../protocol/json/safe.ts";

/** Enough to see what is wrong; a hostile payload cannot make a record of notes. */
const MAX_NOTES = 20;
const MAX_NOTE_LENGTH = 120;

export interface Notes {
  note: Note;
  /** For notes that may quote what was sent: masked first. */
  masked: Note;
  /** The notes; undefined where there are none. */
  taken: () => string[] | undefined;
}

/**
 * Collects notes on what was made safe in one action. A note may quote a key, so it is made safe too. The same
 * note again, and one beyond the bound, costs nothing: a payload may cause half a million.
 */
export function collectNotes(privacy?: Pick<Privacy, "mask">): Notes {
  const notes = new Set<string>();
  const given = new Set<string>();
  const add = (text: string, isQuote: boolean): void => {
    if (notes.size >= MAX_NOTES || given.has(text)) return;
    if (given.size < MAX_GIVEN) given.add(text);
    const said = isQuote && privacy !== undefined ? privacy.mask(text) : text;
    const safe = said.toWellFormed().replaceAll("\u0000", "");
    notes.add(cutText(safe, MAX_NOTE_LENGTH, "", () => {}));
  };
  return {
    note: (text) => add(text, false),
    masked: (text) => add(text, true),
    taken: () => (notes.size > 0 ? [...notes] : undefined),
  };
}

/** Notes as they were given: several may become one when they are masked or cut. */
const MAX_GIVEN = 100;
