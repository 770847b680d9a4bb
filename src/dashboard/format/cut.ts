// Names and messages come from pages, in any length: a line of the page shows their beginning. Pure.

/** At most so many characters, an ellipsis among them; no half of a surrogate pair. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, Math.max(0, length - 1)).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** Text that would turn the direction of what follows, or shows nothing, is made visible. */
export function visible(text: string): string {
  const cleaned = text.replace(
    // eslint-disable-next-line no-control-regex
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    "\ufffd",
  );
  return cleaned.trim() === "" ? "(no name)" : cleaned;
}
