// Texts of clients as names of counts: bounded, and none that can't be a key of a plain object. Pure.
const MAX_LABEL_LENGTH = 120;

/** Undefined for none. */
export function label(text: string | undefined, length = MAX_LABEL_LENGTH): string | undefined {
  if (text === undefined || text === "") return undefined;
  const name = cut(text, length);
  // It is counted all the same.
  return name === "__proto__" ? `${name} ` : name;
}

/** A character that the cut would halve is left out. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const beginning = text.slice(0, length);
  return beginning.isWellFormed() ? beginning : beginning.slice(0, -1);
}
