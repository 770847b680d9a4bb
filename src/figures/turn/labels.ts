// Texts of clients as names of counts: bounded, and none that an object has by birth. Pure.
const MAX_LABEL_LENGTH = 120;

/** Undefined for none. */
export function label(text: string | undefined, length = MAX_LABEL_LENGTH): string | undefined {
  if (text === undefined || text === "") return undefined;
  const name = cut(text, length);
  // `constructor` is counted all the same.
  return name in Object.prototype ? `${name} ` : name;
}

/** A character that the cut would halve is left out. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const beginning = text.slice(0, length);
  return beginning.isWellFormed() ? beginning : beginning.slice(0, -1);
}
