import { cutText, type Note } from "../../protocol/json/safe.ts";

/** Enough to see what is wrong; a hostile payload cannot make a record of notes. */
const MAX_NOTES = 20;
const MAX_NOTE_LENGTH = 120;

export interface Notes {
  note: Note;
  /** The notes; undefined where there are none. */
  taken: () => string[] | undefined;
}

/** Collects notes on what was made safe in one action. A note may quote a key, so it is made safe too. */
export function collectNotes(): Notes {
  const notes = new Set<string>();
  return {
    note: (text) => {
      if (notes.size < MAX_NOTES) {
        const safe = text.toWellFormed().replaceAll("\u0000", "");
        notes.add(cutText(safe, MAX_NOTE_LENGTH, "", () => {}));
      }
    },
    taken: () => (notes.size > 0 ? [...notes] : undefined),
  };
}
