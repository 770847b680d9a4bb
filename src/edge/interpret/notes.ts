import { cutText, type Note } from "../../protocol/json/safe.ts";

/** Enough to see what is wrong; a hostile payload cannot make a record of notes. */
const MAX_NOTES = 20;
const MAX_NOTE_LENGTH = 120;

export interface Notes {
  note: Note;
  /** What was noted; undefined when nothing was. */
  taken: () => string[] | undefined;
}

/** Collects what was made safe in one action. A note may quote a key, so it is made safe itself. */
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
